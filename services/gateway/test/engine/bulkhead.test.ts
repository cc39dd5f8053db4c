import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, it } from 'node:test';
import { ScriptedEngine, silence } from '../support/scripted-engine.ts';
import { TestGateway, until } from '../support/test-gateway.ts';

describe('Breaker -> Retry -> Bulkhead of each engine', () => {
  let engines: readonly [ScriptedEngine, ScriptedEngine];
  let gateway: TestGateway;
  const full = { BULKHEAD_MAX: '1', BULKHEAD_QUEUE: '0', RETRY_ATTEMPTS: '2', BREAKER_THRESHOLD: '1' };

  beforeEach(async () => {
    engines = [await ScriptedEngine.start(silence), await ScriptedEngine.start(silence)];
  });
  afterEach(async () => {
    await gateway.stop();
    await Promise.all(engines.map((engine) => engine.stop()));
  });

  it('a full one refuses at once, which the breaker does not count', async () => {
    gateway = await TestGateway.start({ ...full, ENGINE_URL: engines[0].url });
    const leaving = new AbortController();
    const first = gateway.send('/api/datasets', { signal: leaving.signal });
    await until('the first attempt', () => engines[0].requests.length === 1);
    const refused = await gateway.send('/api/datasets');
    assert.equal(refused.status, 503);
    assert.equal(refused.body.code, 'overloaded');
    assert.equal(refused.body.layer, 'bulkhead');
    assert.equal(refused.headers.get('retry-after'), '1');
    assert.match(refused.headers.get('proxy-status') ?? '', /bulkhead: overloaded/);
    assert.equal((await gateway.send('/api/resilience')).body.breakers[0].state, 'closed');
    assert.equal(await gateway.metric('shed_total{reason="bulkhead_full",priority="interactive"}'), 1);
    leaving.abort();
    await assert.rejects(first);
  });

  it('a call goes to another engine where one is full', async () => {
    gateway = await TestGateway.start({ ...full, ENGINE_URL: engines.map(({ url }) => url).join(',') });
    const leaving = new AbortController();
    const calls = [1, 2].map(() => gateway.send('/api/datasets', { signal: leaving.signal }));
    await until('an attempt at each', () => engines.every(({ requests }) => requests.length === 1));
    assert.equal((await gateway.send('/api/datasets')).body.code, 'overloaded');
    leaving.abort();
    await Promise.all(calls.map((call) => assert.rejects(call)));
  });
});
