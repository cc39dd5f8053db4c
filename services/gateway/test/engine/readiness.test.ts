import assert from 'node:assert/strict';
import { after, describe, it } from 'node:test';
import { ok, ScriptedEngine, status } from '../support/scripted-engine.ts';
import { TestGateway, until } from '../support/test-gateway.ts';

describe('Breaker -> readiness of the engine', async () => {
  const engine = await ScriptedEngine.start(status(503));
  const gateway = await TestGateway.start({
    ENGINE_URL: engine.url,
    RETRY_ATTEMPTS: '1',
    BREAKER_READINESS_MS: '20',
    BREAKER_PROBE_SUCCESSES: '1',
  });
  const breaker = async () => (await gateway.send('/api/resilience')).body.breakers[0];
  after(async () => {
    await gateway.stop();
    await engine.stop();
  });

  it('stays open while the engine is not ready, and refuses calls with the time that is left', async () => {
    engine.ready = false;
    for (let i = 0; i < 5; i++) assert.equal((await gateway.send('/api/datasets')).body.code, 'engine_unavailable');
    await until('questions', () => engine.asked >= 2);
    const refused = await gateway.send('/api/datasets');
    assert.equal(refused.status, 503);
    assert.equal(refused.body.code, 'circuit_open');
    assert.match(refused.body.detail, /^Circuit breaker OPEN for engine: next attempt in \d+ s$/);
    assert.ok(Number(refused.headers.get('retry-after')) > 10);
  });

  it('is half-open as soon as the engine says that it is ready, long before the break is over', async () => {
    engine.ready = true;
    engine.script = ok();
    await until('a probe', async () => (await breaker()).state === 'half_open');
    assert.equal((await gateway.send('/api/datasets')).status, 200);
    const { state, transitions } = await breaker();
    assert.equal(state, 'closed');
    assert.deepEqual(
      transitions.map(({ because }: { because: string }) => because),
      ['consecutive_calls', 'readiness', 'probes_succeeded'],
    );
    const asked = engine.asked;
    assert.equal(engine.asked, asked, 'a closed breaker asks nothing');
  });
});
