import assert from 'node:assert/strict';
import { test } from 'node:test';
import { FakeClock, scriptedRandom, seededRandom } from '@penstock/clock';
import {
  BreakerOpenError,
  BudgetPolicy,
  createPipeline,
  RetriesExhaustedError,
  resolveBudget,
  type TellHeld,
} from '@penstock/resilience';
import { classify, down, failCalls, finish, hang, held, ok, type Reply, refused, script, status, watch, world } from './world.ts';

test('Breaker -> Retry -> Timeout: five failed calls of three attempts each, then the sixth is refused at once', async () => {
  const at = world();
  const engine = script(down);
  for (let call = 0; call < 5; call++) {
    const error = (await finish(at, at.call(engine.run))).error();
    assert.ok(error instanceof RetriesExhaustedError);
    assert.equal(error.attempts, 3);
  }
  assert.equal(engine.count(), 15);
  const before = at.clock.monotonic();
  const error = (await finish(at, at.call(engine.run))).error();
  assert.ok(error instanceof BreakerOpenError);
  assert.equal(at.clock.monotonic(), before);
  assert.equal(engine.count(), 15);
  assert.match(error.message, /^Circuit breaker OPEN for engine: next attempt in \d+ s$/);
  assert.deepEqual(
    at.of('breaker_call').map((event) => event.status),
    ['failure', 'failure', 'failure', 'failure', 'failure', 'rejected'],
  );
});

test('Breaker -> Retry -> Timeout: 20 concurrent callers in an outage of 2 s all succeed and the breaker stays closed', async () => {
  for (let seed = 1; seed <= 25; seed++) {
    const at = world({}, seededRandom(seed));
    const backAt = at.clock.monotonic() + 2000;
    const engine = async (): Promise<Reply> => {
      if (at.clock.monotonic() < backAt) throw refused();
      return { status: 200 };
    };
    const calls = Array.from({ length: 20 }, () => watch(at.call(engine)));
    await at.clock.runAll();
    assert.deepEqual(
      calls.map((call) => call.value().status),
      Array.from({ length: 20 }, () => 200),
      `seed ${seed}`,
    );
    assert.deepEqual(at.of('breaker_transition'), []);
  }
});

test('Breaker -> Retry: a further attempt is not made once the breaker has opened meanwhile', async () => {
  const at = world();
  const engine = script(down);
  const waiting = watch(at.call(engine.run));
  await at.clock.advance(0);
  assert.equal(engine.count(), 1);
  await failCalls(at, 5);
  await at.clock.advance(1500);
  const error = waiting.error();
  assert.ok(error instanceof RetriesExhaustedError);
  assert.equal(error.refusal, 'breaker_open');
  assert.equal(error.attempts, 1);
  assert.ok((error.retryAfterMs ?? 0) > 0, 'it says when to come back');
  assert.equal(engine.count(), 1);
});

test('Breaker -> Retry: an attempt that fails after the breaker has opened schedules no retry', async () => {
  const at = world();
  const late = held();
  const waiting = watch(at.call(late.run));
  await failCalls(at, 5);
  late.fail();
  await at.clock.advance(0);
  const error = waiting.error();
  assert.ok(error instanceof RetriesExhaustedError);
  assert.equal(error.refusal, 'breaker_open');
});

test('Breaker -> Retry: a call that succeeds at its last attempt counts as one success, not as two failures', async () => {
  const at = world({ breaker: { consecutiveCalls: 2 } });
  for (let call = 0; call < 5; call++) await finish(at, at.call(script(down, down, ok).run));
  assert.deepEqual(
    at.of('breaker_call').map((event) => [event.status, event.consecutiveFailures]),
    Array.from({ length: 5 }, () => ['success', 0]),
  );
});

test('Breaker -> Retry -> Timeout: hung attempts are cut, retried and counted as one failed call', async () => {
  const at = world({ breaker: { consecutiveCalls: 1 }, timeout: { attemptMs: 100 } });
  const error = (await finish(at, at.call(hang))).error();
  assert.ok(error instanceof RetriesExhaustedError);
  assert.deepEqual([error.attempts, error.verdict.reason, error.refusal], [3, 'timeout', 'attempts']);
  assert.equal(at.pipeline.snapshot().breaker.state, 'open');
});

test('Breaker -> Retry: an answer that the engine would repeat (404, 501) is a success and does not open the breaker', async () => {
  const at = world({ breaker: { consecutiveCalls: 1 } });
  for (const code of [404, 501, 505, 429]) {
    const engine = script(status(code));
    assert.equal((await finish(at, at.call(engine.run))).value().status, code);
    assert.equal(engine.count(), 1);
  }
  assert.equal(at.pipeline.snapshot().breaker.state, 'closed');
});

test('Retry -> Timeout: the last answer is handed on when every attempt was answered 503', async () => {
  const at = world();
  const engine = script(status(503));
  assert.equal((await finish(at, at.call(engine.run))).value().status, 503);
  assert.equal(engine.count(), 3);
  assert.equal(at.of('call_finished')[0]?.outcome, 'failure');
});

test('Breaker -> Retry: every call ends with exactly one breaker_call and one call_finished, the latter last', async () => {
  const at = world({ breaker: { consecutiveCalls: 3 } });
  for (const operation of [ok, down, status(503), status(404), down, down, down, ok, ok]) {
    const from = at.events.length;
    await finish(at, at.call(operation));
    const own = at.events.slice(from).filter((event) => 'call' in event);
    assert.equal(own.filter((event) => event.type === 'breaker_call').length, 1);
    assert.equal(own.filter((event) => event.type === 'call_finished').length, 1);
    assert.equal(own.at(-1)?.type, 'call_finished');
  }
});

test('Retry -> Budget: pipelines that are given one budget charge and fill the same bucket, and refuse options for it', async () => {
  const clock = new FakeClock();
  const budget = new BudgetPolicy(resolveBudget({ perSecond: 0, capacity: 10 }), clock);
  const deps = { name: 'engine', clock, random: scriptedRandom(0.5), classify, budget };
  const [one, other] = [createPipeline({}, deps), createPipeline({}, deps)];
  for (const pipeline of [one, other]) {
    const call = watch(pipeline.execute(script(down, ok).run, { totalMs: 150_000 }));
    await clock.runAll();
    assert.equal(call.value().status, 200);
  }
  assert.equal(budget.tokens, 9);
  assert.equal(one.snapshot().budget.tokens, 9);
  one.reload({ retry: { attempts: 2 } });
  assert.equal(budget.snapshot().capacity, 10, 'a reload of one pipeline leaves the bucket of all alone');
  const message = /^pipeline\.budget must be left out where the pipeline is given a shared budget/;
  assert.throws(() => createPipeline({ budget: {} }, deps), { name: 'RangeError', message });
  assert.throws(() => one.reload({ budget: {} }), { name: 'RangeError', message });
});

test('Breaker -> Retry: the breaker hears of a held failure when it is told, as what it is told, and of a probe’s at once', async () => {
  const at = world({ breaker: { consecutiveCalls: 2, firstOpenRatio: 1, openJitter: 0 } });
  const held: TellHeld[] = [];
  const fail = () => finish(at, at.call(down, { maxAttempts: 1, holdFailure: (tell) => held.push(tell) }));
  await fail();
  await fail();
  await fail();
  assert.equal(at.pipeline.snapshot().breaker.consecutiveFailures, 0);
  held[0]?.('failure');
  held[1]?.('neutral');
  assert.equal(at.pipeline.snapshot().breaker.consecutiveFailures, 1);
  held[2]?.('failure');
  assert.equal(at.pipeline.state, 'open');
  assert.ok(at.pipeline.retryAfterMs > 0);
  await at.clock.advance(at.pipeline.retryAfterMs);
  assert.equal(at.pipeline.state, 'half_open');
  await fail();
  assert.equal(at.pipeline.state, 'open');
  assert.equal(held.length, 3);
});

test('Breaker -> Retry: a held failure weighs what it is told to weigh: three thirds are a call, and a success forgets them', async () => {
  const at = world({ breaker: { consecutiveCalls: 2 } });
  const fail = (weight?: number) => finish(at, at.call(down, { maxAttempts: 1, holdFailure: (tell) => tell('failure', weight) }));
  const inARow = () => at.pipeline.snapshot().breaker.consecutiveFailures;
  for (let i = 0; i < 5; i++) await fail(1 / 3);
  assert.equal(inARow(), 1);
  assert.equal(at.pipeline.state, 'closed');
  await finish(at, at.call(ok));
  for (let i = 0; i < 3; i++) await fail(1 / 3);
  assert.equal(inARow(), 1);
  await fail();
  assert.equal(at.pipeline.state, 'open');
});

test('Breaker -> Retry: ten tenths are a call, whatever their sum in floating point', async () => {
  const at = world({ breaker: { consecutiveCalls: 1 } });
  const fail = () => finish(at, at.call(down, { maxAttempts: 1, holdFailure: (tell) => tell('failure', 0.1) }));
  for (let i = 0; i < 9; i++) await fail();
  assert.equal(at.pipeline.state, 'closed');
  await fail();
  assert.equal(at.pipeline.state, 'open');
});

test('Breaker -> Retry: a held failure is in no row of failures any more once another call has succeeded', async () => {
  const at = world({ breaker: { consecutiveCalls: 2 } });
  const tells: TellHeld[] = [];
  const fail = () => finish(at, at.call(down, { maxAttempts: 1, holdFailure: (tell) => tells.push(tell) }));
  for (let i = 0; i < 2; i++) await fail();
  await finish(at, at.call(ok));
  for (let i = 0; i < 2; i++) await fail();
  for (const tell of tells.slice(0, 3)) tell('failure');
  assert.equal(at.pipeline.snapshot().breaker.consecutiveFailures, 1);
  assert.equal(at.of('breaker_call').filter((event) => event.status === 'failure').length, 3);
  tells[3]?.('failure');
  assert.equal(at.pipeline.state, 'open');
});

test('Breaker -> Retry: only a failure is held', async () => {
  const at = world();
  const holdFailure = () => assert.fail('held');
  assert.equal((await finish(at, at.call(ok, { holdFailure }))).value().status, 200);
  assert.equal(at.of('breaker_call')[0]?.status, 'success');
});

test('Breaker -> Retry: a held failure cannot weigh more than a call', async () => {
  const at = world();
  const tells: TellHeld[] = [];
  await finish(at, at.call(down, { maxAttempts: 1, holdFailure: (tell) => tells.push(tell) }));
  for (const weight of [-0.1, 1.1, Number.NaN]) {
    const message = `holdFailure.weight must be a number from 0 to 1, got ${weight}`;
    assert.throws(() => tells[0]?.('failure', weight), { name: 'RangeError', message });
  }
});

test('the state of a pipeline is closed where the breaker only watches: nobody is refused', async () => {
  const at = world({ breaker: { mode: 'shadow', consecutiveCalls: 1 } });
  await finish(at, at.call(down, { maxAttempts: 1 }));
  assert.equal(at.pipeline.snapshot().breaker.state, 'open');
  assert.deepEqual([at.pipeline.state, at.pipeline.retryAfterMs], ['closed', 0]);
});
