import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { describe, it } from 'node:test';
import Type from 'typebox';
import { FAULT_ENVIRONMENT } from '../../src/faults/settings.ts';
import { ConfigError, faultSettings, loadConfig } from '../../src/index.ts';

const read = (env: Record<string, string>) => faultSettings(loadConfig(Type.Object(FAULT_ENVIRONMENT), env, { ownPrefixes: [] }));
const one = '[{"kind":"abort","percent":1}]';

describe('the settings of fault injection', () => {
  it('are off unless enabled, also in production', () => {
    assert.equal(read({}), undefined);
    assert.equal(read({ FAULTS_ENABLED: 'false', NODE_ENV: 'production' }), undefined);
  });

  it('begin without a fault, with those of FAULTS, or with those of a file', async (t) => {
    const folder = await mkdtemp(path.join(tmpdir(), 'penstock-faults-'));
    t.after(() => rm(folder, { recursive: true }));
    const file = path.join(folder, 'faults.json');
    await writeFile(file, one);
    const faults = [{ name: 'abort-0', kind: 'abort', percent: 1 }];
    assert.deepEqual(read({ FAULTS_ENABLED: 'true' }), { seed: 1, faults: [] });
    assert.deepEqual(read({ FAULTS_ENABLED: 'true', FAULTS: one, FAULTS_SEED: '5' }), { seed: 5, faults });
    assert.deepEqual(read({ FAULTS_ENABLED: 'true', FAULTS_FILE: file }), { seed: 1, faults });
  });

  const refused: readonly [Record<string, string>, RegExp][] = [
    [{ FAULTS_ENABLED: 'true', NODE_ENV: 'production' }, /^FAULTS_ENABLED: received "true", refused with NODE_ENV=production/],
    [{ FAULTS: one }, /^FAULTS: set, but FAULTS_ENABLED is not true/],
    [{ FAULTS_FILE: 'x' }, /^FAULTS_FILE: set, but FAULTS_ENABLED is not true/],
    [{ FAULTS_ENABLED: 'true', FAULTS: one, FAULTS_FILE: 'x' }, /both are set/],
    [{ FAULTS_ENABLED: 'true', FAULTS: '[' }, /^FAULTS: .*JSON/],
    [{ FAULTS_ENABLED: 'true', FAULTS: '[{"kind":"abort"}]' }, /^FAULTS: \/0\/percent must be a number/],
    [{ FAULTS_ENABLED: 'true', FAULTS_FILE: '/no/such/file' }, /^FAULTS_FILE: received "\/no\/such\/file", which cannot be read/],
    [{ FAULTS_ENABLED: 'yes' }, /^FAULTS_ENABLED: received "yes", accepted: true or false$/],
    [{ FAULTS_ENABLE: 'true' }, /^FAULTS_ENABLE: unknown variable, nearest: FAULTS_ENABLED$/],
  ];
  for (const [env, message] of refused) {
    it(`are refused in one line for ${JSON.stringify(env)}`, () => {
      assert.throws(
        () => read(env),
        (error: unknown) => {
          assert.ok(error instanceof ConfigError);
          assert.match(error.message, message);
          assert.doesNotMatch(error.message, /\n/);
          return true;
        },
      );
    });
  }
});
