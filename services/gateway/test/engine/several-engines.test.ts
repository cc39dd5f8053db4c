import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, it } from 'node:test';
import { ok, ScriptedEngine, silence, status } from '../support/scripted-engine.ts';
import { TestGateway, until } from '../support/test-gateway.ts';

describe('several engines', () => {
  let engines: readonly [ScriptedEngine, ScriptedEngine];
  let gateway: TestGateway;
  const start = async (env: Readonly<Record<string, string>> = {}): Promise<void> => {
    gateway = await TestGateway.start({
      ENGINE_URL: engines.map(({ url }) => url).join(','),
      BREAKER_READINESS_MS: '0',
      RETRY_BASE_MS: '60000',
      ...env,
    });
  };
  const list = () => gateway.send('/api/datasets');
  const calls = (outcome: string) => gateway.metric(`gateway_calls_total{outcome="${outcome}"}`);
  const heard = (engine: number, outcome: string) =>
    gateway.metric(`circuit_breaker_calls_total{breaker_name="engine-${engine}",status="${outcome}"}`);

  beforeEach(async () => {
    engines = [await ScriptedEngine.start(), await ScriptedEngine.start()];
  });
  afterEach(async () => {
    await gateway.stop();
    await Promise.all(engines.map((engine) => engine.stop()));
  });

  it('share the calls', async () => {
    await start();
    for (let i = 0; i < 40; i++) assert.equal((await list()).status, 200);
    assert.ok(engines.every(({ requests }) => requests.length >= 5));
    assert.equal(await calls('success'), 40);
  });

  it('a failed call goes to the other one at once, and counts as one success', async () => {
    await start();
    engines[0].script = status(503);
    // So many that chance brings some of them to the failing one, too few to open its breaker.
    const sent = 14;
    for (let i = 0; i < sent; i++) assert.equal((await list()).status, 200);
    const resent = engines[1].requests.filter(({ headers }) => headers['penstock-attempt'] === '2');
    assert.equal(resent.length, engines[0].requests.length);
    assert.ok(resent.length > 0);
    assert.equal(await calls('success'), sent);
    assert.equal(await calls('failure'), undefined);
    assert.equal(await heard(1, 'failure'), resent.length);
    assert.equal(await heard(2, 'success'), sent);
  });

  it('a pushback of one engine does not hold up the other', async () => {
    await start();
    engines[0].script = status(503, { 'retry-after': '60' });
    for (let i = 0; i < 8; i++) assert.equal((await list()).status, 200);
  });

  it('one that refuses connections rests: of many calls one is tried there', async () => {
    await start();
    await engines[0].stop();
    for (let i = 0; i < 40; i++) assert.equal((await list()).status, 200);
    assert.equal(await heard(1, 'failure'), 1);
    assert.equal(await heard(2, 'success'), 40);
  });

  it('a dead one is refused to by its own breaker, and nobody else notices', async () => {
    await start({ BALANCE_REST_MS: '0' });
    await engines[0].stop();
    for (let i = 0; i < 80; i++) assert.equal((await list()).status, 200);
    const { breakers, pools } = (await gateway.send('/api/resilience')).body;
    assert.deepEqual(
      breakers.map(({ name, state }: Record<string, string>) => [name, state]),
      [
        ['engine-1', 'open'],
        ['engine-2', 'closed'],
      ],
    );
    assert.deepEqual(
      pools.map(({ origin }: Record<string, string>) => origin),
      engines.map(({ url }) => url),
    );
    // Each had one of three attempts there: five calls.
    assert.equal(await heard(1, 'failure'), 15);
    assert.equal(await heard(1, 'rejected'), 0);
    assert.equal(await gateway.metric('circuit_breaker_state{breaker_name="engine-1"}'), 1);
    assert.equal(await gateway.metric('connection_pool_size{client_name="engine-2",pool_type="http"}'), 128);
  });

  it('a call is refused only where all of them refuse', async () => {
    await start({ RETRY_ATTEMPTS: '2', BREAKER_THRESHOLD: '2' });
    for (const engine of engines) engine.script = status(500);
    for (let i = 0; i < 2; i++) assert.equal((await list()).body.code, 'engine_unavailable');
    const sent = engines.map(({ requests }) => requests.length);
    assert.deepEqual(sent, [2, 2], 'each engine is asked once by each call');
    const refused = await list();
    assert.equal(refused.body.code, 'circuit_open');
    assert.match(refused.body.detail, /^Circuit breaker OPEN for engine-[12]: next attempt in \d+ s$/);
    assert.ok(Number(refused.headers.get('retry-after')) >= 1);
    assert.equal(await calls('rejected'), 1);
    assert.equal(await calls('failure'), 2);
    engines[1].script = ok();
  });

  it('a call that fails everywhere makes the attempts that it may in all', async () => {
    await start({ RETRY_ATTEMPTS: '3', RETRY_BASE_MS: '1' });
    for (const engine of engines) engine.script = status(503);
    const failed = await list();
    assert.equal(failed.status, 503);
    assert.equal(engines[0].requests.length + engines[1].requests.length, 3);
    const numbers = engines.flatMap(({ requests }) => requests.map(({ headers }) => headers['penstock-attempt']));
    assert.deepEqual(numbers.toSorted(), ['1', '2', '3']);
    assert.equal(await calls('failure'), 1);
    assert.equal(await heard(1, 'failure'), 1);
    assert.equal(await heard(2, 'failure'), 1);
  });

  it('the budget bounds the attempts at another engine', async () => {
    await start({ RETRY_ATTEMPTS: '2', RETRY_BUDGET_CAPACITY: '2', RETRY_BUDGET_PER_SECOND: '0', RETRY_BUDGET_PER_SUCCESS: '0' });
    engines[0].script = status(503);
    engines[1].script = status(503);
    for (let i = 0; i < 4; i++) assert.equal((await list()).status, 503);
    assert.equal(engines[0].requests.length + engines[1].requests.length, 6);
  });

  it('an upload, which can be sent once, goes to one engine', async () => {
    await start();
    for (const engine of engines) engine.script = status(503);
    const upload = { method: 'POST', body: 'a,b\n1,2\n', headers: { 'content-type': 'text/csv' } };
    assert.equal((await gateway.send('/api/datasets', upload)).status, 503);
    assert.equal(engines[0].requests.length + engines[1].requests.length, 1);
  });

  it('the load that one reports sends calls to the other', async () => {
    await start();
    engines[0].script = ok({ datasets: [] }, { 'penstock-load': 'active=2;queued=40;workers=2' });
    await until('the load to be reported', async () => {
      await list();
      return engines[0].requests.length > 0;
    });
    const before = engines[0].requests.length;
    for (let i = 0; i < 20; i++) await list();
    assert.equal(engines[0].requests.length, before);
    const { balance } = (await gateway.send('/api/resilience')).body;
    assert.deepEqual(balance[0], { name: 'engine-1', in_flight: 0, load: 42 });
  });

  it('the total covers all of them', async () => {
    await start();
    for (const engine of engines) engine.script = silence;
    const late = await gateway.send('/api/datasets', { headers: { 'request-timeout': '0.05' } });
    assert.equal(late.status, 504);
    assert.match(late.body.detail, /^The client's deadline of 50 ms passed after 1 attempt$/);
    assert.equal(engines[0].requests.length + engines[1].requests.length, 1);
  });
});
