import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type AttemptContext, AttemptTimeoutError, DeadlineExceededError, RetriesExhaustedError } from '@penstock/resilience';
import { finish, hang, held, type Reply, refused, watch, world } from '../world.ts';

test('an attempt is told its number, what is left, and when it will be cut', async () => {
  const at = world({ timeout: { attemptMs: 4000 } });
  const told: Omit<AttemptContext, 'signal'>[] = [];
  const engine = async ({ number, remainingMs, timeoutMs }: AttemptContext): Promise<Reply> => {
    told.push({ number, remainingMs, timeoutMs });
    throw refused();
  };
  await finish(at, at.call(engine, { totalMs: 6000 }));
  assert.deepEqual(told, [
    { number: 1, remainingMs: 6000, timeoutMs: 4000 },
    { number: 2, remainingMs: 5000, timeoutMs: 4000 },
    { number: 3, remainingMs: 3000, timeoutMs: 3000 },
  ]);
});

test('the cap cuts an attempt, with the error as the reason of its signal', async () => {
  const at = world({ timeout: { attemptMs: 250 } });
  const engine = held();
  const error = (await finish(at, at.call(engine.run, { maxAttempts: 1 }))).error();
  assert.ok(error instanceof RetriesExhaustedError && error.cause instanceof AttemptTimeoutError);
  assert.equal(error.cause.timeoutMs, 250);
  assert.equal(engine.signal()?.reason, error.cause);
});

test('what is left of the total cuts an attempt as a deadline, not as a timeout', async () => {
  const at = world({ timeout: { attemptMs: 250 } });
  for (const totalMs of [200, 250]) {
    const error = (await finish(at, at.call(hang, { totalMs }))).error();
    assert.ok(error instanceof DeadlineExceededError);
  }
  assert.equal(at.clock.pendingTimers, 0);
});

test('what an attempt brings after it was cut is dropped, also when it is an error', async () => {
  const at = world({ timeout: { attemptMs: 100 } });
  const late = [held(), held()];
  const calls = late.map((engine) => watch(at.call(engine.run, { maxAttempts: 1 })));
  await at.clock.advance(100);
  late[0]?.succeed();
  late[1]?.fail();
  await at.clock.advance(0);
  for (const call of calls) assert.match(String(call.error()), /No answer within 100 ms/);
  assert.equal(at.of('attempt_finished').length, 2);
});

test('the signal of an attempt that has ended by itself is not aborted afterwards', async () => {
  const at = world();
  const engine = held();
  const client = new AbortController();
  const call = watch(at.call(engine.run, { signal: client.signal }));
  engine.succeed();
  await at.clock.advance(0);
  client.abort();
  assert.equal(call.value().status, 200);
  assert.equal(engine.signal()?.aborted, false);
});

test('a call that succeeds uses one timer at most', async () => {
  const at = world();
  const engine = held();
  watch(at.call(engine.run));
  await at.clock.advance(0);
  assert.equal(at.clock.pendingTimers, 1);
  engine.succeed();
  await at.clock.advance(0);
  assert.equal(at.clock.pendingTimers, 0);
});

test('an attempt has one signal, and one that is asked for after the cut has aborted', async () => {
  const at = world({ timeout: { attemptMs: 100 } });
  const attempts: AttemptContext[] = [];
  const engine = (attempt: AttemptContext): Promise<Reply> => {
    attempts.push(attempt);
    return new Promise(() => undefined);
  };
  await finish(at, at.call(engine, { maxAttempts: 1 }));
  const signal = attempts[0]?.signal;
  assert.ok(signal?.reason instanceof AttemptTimeoutError);
  assert.equal(attempts[0]?.signal, signal);
});

test('an operation that throws before it returns a promise fails at once, like one that rejects', async () => {
  const at = world();
  const engine = (): Promise<Reply> => {
    throw refused();
  };
  const call = watch(at.call(engine, { maxAttempts: 1 }));
  await at.clock.advance(0);
  assert.match(String(call.error()), /ECONNREFUSED/);
});

test('what a cut attempt brings late leaves the next attempt under the signal of its client', async () => {
  const at = world({ timeout: { attemptMs: 100 } });
  const engines = [held(), held()];
  const client = new AbortController();
  const engine = (attempt: AttemptContext) => engines[attempt.number - 1]?.run(attempt) ?? hang(attempt);
  const call = watch(at.call(engine, { signal: client.signal }));
  await at.clock.advance(1100);
  engines[0]?.succeed();
  await at.clock.advance(0);
  client.abort();
  await at.clock.advance(0);
  assert.equal(engines[1]?.signal()?.aborted, true);
  assert.ok(call.settled());
});
