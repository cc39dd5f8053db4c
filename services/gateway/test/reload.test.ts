import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, before, describe, it } from 'node:test';
import { environmentNow } from '../src/config.ts';
import { ScriptedEngine, status } from './support/scripted-engine.ts';
import { TestGateway } from './support/test-gateway.ts';

describe('a reload', () => {
  let folder: string;
  let file: string;
  let engine: ScriptedEngine;
  let gateway: TestGateway;
  const reload = (headers: Record<string, string> = {}) => gateway.send('/admin/reload', { method: 'POST', headers });

  before(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'penstock-reload-'));
    file = path.join(folder, 'gateway.env');
    engine = await ScriptedEngine.start(status(500));
    const fixed = { ENGINE_URL: engine.url, RETRY_ATTEMPTS: '1', PENSTOCK_CONFIG: file };
    await writeFile(file, 'BREAKER_THRESHOLD=5\n');
    gateway = await TestGateway.start(fixed);
  });
  after(async () => {
    await gateway.stop();
    await engine.stop();
    await rm(folder, { recursive: true });
  });

  it('gives the policies their new options and drops nothing that they learnt', async () => {
    for (let i = 0; i < 4; i++) assert.equal((await gateway.send('/api/datasets')).status, 503);
    await writeFile(file, 'BREAKER_THRESHOLD=6\nBREAKER_MODE=shadow\nHOST=0.0.0.0\n');
    const { body } = await reload();
    assert.deepEqual(body.changed.toSorted(), ['BREAKER_MODE', 'BREAKER_THRESHOLD']);
    assert.deepEqual(body.needs_restart, ['HOST']);
    assert.match(body.pipeline, /breaker\(shadow: 6 calls in a row/);
    const { breakers } = (await gateway.send('/api/resilience')).body;
    assert.equal(breakers[0].consecutive_failures, 4);
    assert.equal(breakers[0].threshold, 6);
    assert.equal(breakers[0].mode, 'shadow');
    const { variables } = (await gateway.send('/admin/policies')).body;
    assert.equal(variables.BREAKER_THRESHOLD, 6);
    assert.equal(variables.HOST, undefined);
  });

  it('in shadow mode the breaker opens and refuses nobody', async () => {
    for (let i = 0; i < 4; i++) assert.equal((await gateway.send('/api/datasets')).body.code, 'engine_unavailable');
    assert.equal((await gateway.send('/api/resilience')).body.breakers[0].state, 'open');
  });

  it('what a breaker in shadow mode does is counted as such: to the rest of the series it is closed', async () => {
    assert.equal(await gateway.metric('circuit_breaker_state{breaker_name="engine"}'), 0);
    assert.equal(await gateway.metric('shadow_decisions_total{policy="breaker",decision="open"}'), 1);
    assert.equal(await gateway.metric('circuit_breaker_calls_total{breaker_name="engine",status="rejected"}'), 0);
  });

  for (const [what, text] of [
    ['a bad value', 'BREAKER_THRESHOLD=many'],
    ['values that do not fit together', 'RETRY_BASE_MS=2000\nRETRY_CAP_MS=1000'],
    ['a misspelt variable', 'BREAKER_TRESHOLD=3'],
  ] as const) {
    it(`with ${what} changes nothing`, async () => {
      const before = (await gateway.send('/admin/policies')).body;
      await writeFile(file, text);
      const refused = await reload();
      assert.equal(refused.status, 400);
      assert.match(refused.body.detail, /^Not taken over, everything stays as it was: /);
      assert.deepEqual((await gateway.send('/admin/policies')).body, before);
    });
  }

  it('is counted, and so is one that is not taken over', async () => {
    assert.equal(await gateway.metric('config_reloads_total{result="taken_over"}'), 1);
    assert.equal(await gateway.metric('config_reloads_total{result="refused"}'), 3);
  });

  it('is not for callers from elsewhere', async () => {
    const refused = await reload({ 'x-forwarded-for': '192.0.2.1' });
    assert.equal(refused.status, 403);
    assert.equal(refused.body.code, 'forbidden');
  });

  it('needs the file that is named', () => {
    assert.throws(
      () => environmentNow({ PENSTOCK_CONFIG: path.join(folder, 'none') }),
      /^ConfigError: PENSTOCK_CONFIG: received/,
    );
  });
});
