import assert from 'node:assert/strict';
import { afterEach, describe, it } from 'node:test';
import { ScriptedEngine, status } from './support/scripted-engine.ts';
import { TestGateway, until } from './support/test-gateway.ts';

// Label values that alerts select by, and that no other test sees come from a whole gateway.

describe('a series that an alert reads', () => {
  const closing: (() => Promise<void>)[] = [];
  const start = async (env: Readonly<Record<string, string>>): Promise<TestGateway> => {
    const engine = await ScriptedEngine.start(status(503));
    const gateway = await TestGateway.start({ ENGINE_URL: engine.url, ...env });
    closing.push(
      () => gateway.stop(),
      () => engine.stop(),
    );
    return gateway;
  };
  afterEach(async () => {
    for (const close of closing.splice(0)) await close();
  });

  it('counts retries that the budget forbids', async () => {
    const gateway = await start({ RETRY_BUDGET_CAPACITY: '1', RETRY_BUDGET_PER_SECOND: '0', RETRY_BUDGET_PER_SUCCESS: '0' });
    for (const seed of [1, 2]) assert.equal((await gateway.analyze({ seed })).status, 503);
    assert.equal(await gateway.metric('orchestrator_retry_total{reason="503"}'), 1, 'the one token');
    assert.equal(await gateway.metric('retries_refused_total{reason="budget"}'), 2);
  });

  it('counts requests that are refused because the event loop is late', async () => {
    const gateway = await start({ OVERLOAD_DELAY_MS: '1', BREAKER_MODE: 'off' });
    await until('a refusal', async () => {
      const blockedUntil = performance.now() + 50;
      while (performance.now() < blockedUntil);
      return (await gateway.send('/api/datasets')).body.layer === 'admission';
    });
    assert.equal(await gateway.metric('shed_total{reason="event_loop",priority="interactive"}'), 1);
  });
});
