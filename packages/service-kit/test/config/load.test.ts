import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import Type from 'typebox';
import { ConfigError, editDistance, loadConfig } from '../../src/index.ts';

const schema = Type.Object({
  DEMO_PORT: Type.Integer({ default: 8082, minimum: 0, maximum: 65_535, description: 'Port' }),
  DEMO_RATIO: Type.Number({ default: 0.2, minimum: 0, maximum: 1, description: 'Share' }),
  DEMO_ON: Type.Boolean({ default: true, description: 'Switch' }),
  DEMO_MODE: Type.Enum(['a', 'b'], { default: 'a', description: 'Mode' }),
  DEMO_URL: Type.Optional(Type.String({ description: 'Address' })),
});
const load = (env: Record<string, string>) => loadConfig(schema, env, { ownPrefixes: ['DEMO_'], foreign: ['DEMO_OTHER'] });

describe('loadConfig', () => {
  it('gives defaults to what is unset or empty, and leaves optional variables out', () => {
    assert.deepEqual({ ...load({ DEMO_PORT: '' }) }, { DEMO_PORT: 8082, DEMO_RATIO: 0.2, DEMO_ON: true, DEMO_MODE: 'a' });
  });

  it('reads numbers, switches and texts as their types', () => {
    assert.deepEqual(
      { ...load({ DEMO_PORT: '0', DEMO_RATIO: '1e-3', DEMO_ON: 'false', DEMO_MODE: 'b', DEMO_URL: 'x' }) },
      { DEMO_PORT: 0, DEMO_RATIO: 0.001, DEMO_ON: false, DEMO_MODE: 'b', DEMO_URL: 'x' },
    );
  });

  const bad: [Record<string, string>, string][] = [
    [{ DEMO_PORT: 'abc' }, 'DEMO_PORT: received "abc", accepted: an integer from 0 to 65535'],
    [{ DEMO_PORT: '1.5' }, 'DEMO_PORT: received "1.5", accepted: an integer from 0 to 65535'],
    [{ DEMO_PORT: '70000' }, 'DEMO_PORT: received "70000", accepted: an integer from 0 to 65535'],
    [{ DEMO_PORT: ' ' }, 'DEMO_PORT: received " ", accepted: an integer from 0 to 65535'],
    [{ DEMO_RATIO: 'NaN' }, 'DEMO_RATIO: received "NaN", accepted: a number from 0 to 1'],
    [{ DEMO_RATIO: 'Infinity' }, 'DEMO_RATIO: received "Infinity", accepted: a number from 0 to 1'],
    [{ DEMO_ON: 'yes' }, 'DEMO_ON: received "yes", accepted: true or false'],
    [{ DEMO_MODE: 'c' }, 'DEMO_MODE: received "c", accepted: one of a, b'],
    [{ DEMO_PROT: '1' }, 'DEMO_PROT: unknown variable, nearest: DEMO_PORT'],
  ];
  for (const [env, message] of bad) {
    it(`stops at ${JSON.stringify(env)} with the name, the value and what is accepted`, () => {
      assert.throws(
        () => load(env),
        (error) => error instanceof ConfigError && error.message === message,
      );
    });
  }

  it('names every wrong variable at once', () => {
    assert.throws(() => load({ DEMO_PORT: 'x', DEMO_ON: 'y' }), /DEMO_PORT[^\n]*\nDEMO_ON/);
  });

  it("leaves other services' and foreign variables alone", () => {
    assert.doesNotThrow(() => load({ DEMO_OTHER: '1', PATH: '/bin' }));
  });
});

describe('editDistance', () => {
  it('counts insertions, deletions and substitutions', () => {
    assert.equal(editDistance('kitten', 'sitting'), 3);
    assert.equal(editDistance('', 'abc'), 3);
    assert.equal(editDistance('same', 'same'), 0);
  });
});
