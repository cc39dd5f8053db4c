import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { sleep } from '@penstock/clock';
import { ProblemError } from '@penstock/contracts';
import { answers, GateWorld, pushback, refuses, reply } from '../support/gate-world.ts';

const problem = (call: Promise<unknown>): Promise<ProblemError> =>
  call.then(
    () => assert.fail('not refused'),
    (error: unknown) => {
      assert.ok(error instanceof ProblemError);
      return error;
    },
  );

const few = { CONCURRENCY_MIN: '2', CONCURRENCY_MAX: '5' };

describe('Breaker -> Retry -> Concurrency -> Bulkhead of each engine', () => {
  it('sheds above the limit at once: 503, its layer named, batch before interactive, and no failure for the breaker', async () => {
    const at = new GateWorld(1, few);
    at.answer = () => new Promise(() => undefined);
    const leaving = new AbortController();
    const { signal } = leaving;
    const held = Array.from({ length: 4 }, () => assert.rejects(at.call({ signal })));
    const batch = await problem(at.call({ priority: 'batch' }));
    assert.equal(batch.code, 'overloaded');
    assert.equal(batch.options.layer, 'concurrency');
    assert.ok((batch.options.retryAfterS ?? 0) >= 1);
    held.push(assert.rejects(at.call({ signal })));
    assert.match((await problem(at.call())).message, /^Overloaded: 5 calls to engine in flight, 5 allowed for interactive ones$/);
    assert.equal(at.sent.length, 5);
    leaving.abort();
    await Promise.all(held);
    assert.ok(at.of('breaker_call').every(({ status }) => status === 'neutral'));
    await at.close();
  });

  it('a call goes to another engine where one sheds', async () => {
    const at = new GateWorld(2, { ...few, CONCURRENCY_MIN: '1', CONCURRENCY_MAX: '1' });
    at.answer = () => new Promise(() => undefined);
    const leaving = new AbortController();
    const { signal } = leaving;
    const held = Array.from({ length: 2 }, () => assert.rejects(at.call({ signal })));
    await at.clock.advance(0);
    assert.deepEqual(at.sent.map(({ engine }) => engine).toSorted(), ['engine-1', 'engine-2']);
    assert.equal((await problem(at.call())).code, 'overloaded');
    leaving.abort();
    await Promise.all(held);
    await at.close();
  });

  it('a retry that is shed has failed: its first attempt did', async () => {
    const at = new GateWorld(1, { CONCURRENCY_MIN: '1', CONCURRENCY_MAX: '1' });
    at.answer = refuses;
    const call = problem(at.call());
    await at.clock.advance(500);
    at.answer = () => new Promise(() => undefined);
    const leaving = new AbortController();
    const other = assert.rejects(at.call({ signal: leaving.signal }));
    await at.clock.advance(1000);
    assert.equal((await call).code, 'overloaded');
    assert.deepEqual(
      at.of('breaker_call').map(({ status }) => status),
      ['failure'],
    );
    leaving.abort();
    await other;
    await at.close();
  });

  it('calls in backoff take no place: an outage sheds nobody', async () => {
    const at = new GateWorld(1, few);
    at.answer = async () => (at.at < 2000 ? refuses : answers())({} as never, {} as never);
    const calls = Promise.all(Array.from({ length: 3 }, () => at.call()));
    await at.clock.advance(100);
    const more = Promise.all(Array.from({ length: 3 }, () => at.call()));
    await at.clock.runAll();
    for (const { status } of [...(await calls), ...(await more)]) assert.equal(status, 200);
    assert.deepEqual(at.of('concurrency_shed'), []);
    await at.close();
  });

  it('shrinks at signs of overload and grows again with answers; refused connections and other failures say nothing', async () => {
    const at = new GateWorld(1, { RETRY_MODE: 'off', BREAKER_MODE: 'off', THROTTLE_MODE: 'off' });
    const limit = (): number => at.engines.all[0]?.concurrency.limit ?? 0;
    assert.equal(limit(), 320);
    at.answer = refuses;
    await problem(at.call());
    at.answer = answers(503);
    await at.call();
    assert.equal(limit(), 320);
    at.answer = async () => pushback;
    for (let i = 0; i < 200; i++) {
      await at.call();
      await at.clock.advance(1);
    }
    assert.equal(limit(), 32);
    at.answer = async () => {
      await sleep(at.clock, 10);
      return reply(200);
    };
    for (let i = 0; i < 10; i++) {
      const calls = Promise.all(Array.from({ length: 30 }, () => at.call()));
      await at.clock.advance(10);
      await calls;
    }
    assert.ok(limit() > 32, `${limit()}`);
    await at.close();
  });

  it('a timeout is a sign of overload, a client that leaves is none', async () => {
    const at = new GateWorld(1, { RETRY_MODE: 'off', ATTEMPT_TIMEOUT_MS: '100' });
    at.answer = ({ signal }) =>
      new Promise((_resolve, reject) => signal.addEventListener('abort', () => reject(new Error('aborted')), { once: true }));
    const leaving = new AbortController();
    const left = assert.rejects(at.call({ signal: leaving.signal }));
    await at.clock.advance(50);
    leaving.abort();
    await left;
    assert.equal(at.engines.all[0]?.concurrency.limit, 320);
    const late = problem(at.call());
    await at.clock.advance(100);
    await late;
    assert.equal(at.engines.all[0]?.concurrency.limit, 288);
    await at.close();
  });
});
