import assert from 'node:assert/strict';
import { after, beforeEach, describe, it } from 'node:test';
import { ok, type Script, ScriptedEngine, silence, status } from '../support/scripted-engine.ts';
import { TestGateway, until } from '../support/test-gateway.ts';

/** Answers when it is let go. */
function held(): { readonly script: Script; readonly release: () => void } {
  const { promise, resolve } = Promise.withResolvers<void>();
  return { script: (received, response) => void promise.then(() => ok()(received, response)), release: resolve };
}

describe('equal analyses at the same time', async () => {
  const engine = await ScriptedEngine.start();
  const gateway = await TestGateway.start({ ENGINE_URL: engine.url, RETRY_ATTEMPTS: '1' });
  after(async () => {
    await gateway.stop();
    await engine.stop();
  });
  beforeEach(() => {
    engine.requests.length = 0;
  });

  it('share one execution, and each gets the answer', async () => {
    const { script, release } = held();
    engine.script = script;
    const answers = Promise.all(Array.from({ length: 5 }, () => gateway.analyze({ seed: 1 })));
    await until('the requests', () => gateway.gateway.inFlight.count === 5);
    release();
    assert.deepEqual(
      (await answers).map((answer) => answer.status),
      [200, 200, 200, 200, 200],
    );
    assert.equal(engine.requests.length, 1);
    assert.equal(await gateway.metric('coalesced_total'), 4);
  });

  it('go on for those who stay when the first one leaves', async () => {
    const { script, release } = held();
    engine.script = script;
    const leaving = new AbortController();
    const first = gateway.analyze({ seed: 2 }, {}, { signal: leaving.signal });
    await until('the first', () => engine.requests.length === 1);
    const second = gateway.analyze({ seed: 2 });
    await until('the second', () => gateway.gateway.inFlight.count === 2);
    leaving.abort();
    await assert.rejects(first);
    release();
    assert.equal((await second).status, 200);
    assert.equal(engine.requests.length, 1);
  });

  it('a follower waits no longer than its own deadline', async () => {
    engine.script = silence;
    const leaving = new AbortController();
    const first = gateway.analyze({ seed: 3 }, {}, { signal: leaving.signal });
    await until('the first', () => engine.requests.length === 1);
    const second = await gateway.analyze({ seed: 3 }, { 'request-timeout': '0.03' });
    assert.equal(second.status, 504);
    assert.equal(second.body.code, 'deadline_exceeded');
    assert.equal(await gateway.metric('deadline_exceeded_total'), 1, 'one request, whoever had begun the execution');
    leaving.abort();
    await assert.rejects(first);
  });

  it('a follower with more time outlives the deadline of the first one', async () => {
    let answered = 0;
    engine.script = (received, response) => (answered++ === 0 ? silence : ok())(received, response);
    const first = gateway.analyze({ seed: 4 }, { 'request-timeout': '1' });
    await until('the first', () => engine.requests.length === 1);
    const second = gateway.analyze({ seed: 4 });
    assert.equal((await first).status, 504);
    assert.equal((await second).status, 200);
  });

  it('are counted once each where they end: as one that joined, or as the call that they had to make after all', async () => {
    const before = (await gateway.metric('coalesced_total')) ?? 0;
    let asked = 0;
    const { script, release } = held();
    engine.script = (received, response) => (asked++ === 0 ? silence : script)(received, response);
    const first = gateway.analyze({ seed: 7 }, { 'request-timeout': '1' });
    await until('the first', () => engine.requests.length === 1);
    const others = Promise.all([gateway.analyze({ seed: 7 }), gateway.analyze({ seed: 7 })]);
    assert.equal((await first).status, 504);
    await until('the second execution', () => engine.requests.length === 2);
    release();
    for (const { status: answered } of await others) assert.equal(answered, 200);
    assert.equal(engine.requests.length, 2);
    assert.equal(await gateway.metric('coalesced_total'), before + 1);
  });

  it('a deadline that passes is told as the client set it', async () => {
    engine.script = silence;
    const { body, headers } = await gateway.analyze({ seed: 8 }, { 'request-timeout': '0.03' });
    assert.equal(body.code, 'deadline_exceeded');
    assert.match(body.detail, /deadline of 30 ms /);
    assert.match(String(headers.get('proxy-status')), /totalMs=30\b(?!\.)/);
  });

  it('different ones are executed each', async () => {
    engine.script = ok();
    await Promise.all([gateway.analyze({ seed: 5 }), gateway.analyze({ seed: 6 })]);
    assert.equal(engine.requests.length, 2);
  });
});

describe('Breaker -> an earlier answer', async () => {
  const engine = await ScriptedEngine.start();
  const gateway = await TestGateway.start({
    ENGINE_URL: engine.url,
    RETRY_ATTEMPTS: '1',
    BREAKER_THRESHOLD: '1',
    BREAKER_READINESS_MS: '0',
  });
  after(async () => {
    await gateway.stop();
    await engine.stop();
  });
  const list = (cacheControl?: string) =>
    gateway.send('/api/datasets', cacheControl === undefined ? {} : { headers: { 'cache-control': cacheControl } });

  it('is given only to clients that allow it, and says what it is', async () => {
    engine.script = ok({ datasets: ['kept'] });
    assert.equal((await list()).status, 200);
    engine.script = status(500);
    assert.equal((await list()).body.code, 'engine_unavailable');
    assert.equal((await list()).body.code, 'circuit_open');
    const stale = await list('stale-if-error=60');
    assert.equal(stale.status, 200);
    assert.deepEqual(stale.body, { datasets: ['kept'] });
    assert.equal(stale.headers.get('cache-status'), 'penstock-gateway; hit; fwd=stale');
    assert.equal(stale.headers.get('age'), '0');
    assert.equal((await list('stale-if-error=0')).status, 503);
    assert.equal((await list('no-cache')).status, 503);
  });

  it('is not invented where there is none', async () => {
    assert.equal((await gateway.send('/api/figures', { headers: { 'cache-control': 'stale-if-error' } })).status, 503);
  });
});
