import assert from 'node:assert/strict';
import { test } from 'node:test';
import { DeadlineExceededError, type RetriesExhaustedError } from '@penstock/resilience';
import { down, finish, hang, ok, type Reply, script, world } from '../world.ts';

test('the total covers attempts and backoff together', async () => {
  const at = world({ timeout: { attemptMs: 1000 } });
  const before = at.clock.monotonic();
  const error = (await finish(at, at.call(hang, { totalMs: 2500 }))).error();
  assert.ok(error instanceof DeadlineExceededError);
  assert.deepEqual([error.whose, error.totalMs, error.attempts], ['server', 2500, 2]);
  assert.equal(at.clock.monotonic() - before, 2500);
  assert.deepEqual(at.of('deadline_exceeded'), [
    { type: 'deadline_exceeded', name: 'engine', call: { sequence: 1 }, whose: 'server', totalMs: 2500, attempts: 2 },
  ]);
  assert.deepEqual(at.of('retry_refused'), [], 'nothing was left to ask a retry for');
});

test('a client cannot have more than our total, and asking for more does not make the deadline its own', async () => {
  const at = world({ deadline: { totalMs: 1000 } });
  const error = (await finish(at, at.call(hang, { totalMs: 60_000, clientShortened: true }))).error();
  assert.ok(error instanceof DeadlineExceededError);
  assert.deepEqual([error.whose, error.totalMs], ['server', 1000]);
});

test('a call that comes with nothing left makes no attempt and is neutral', async () => {
  for (const totalMs of [0, -5]) {
    const at = world();
    const engine = script(ok);
    const error = (await finish(at, at.call(engine.run, { totalMs }))).error();
    assert.ok(error instanceof DeadlineExceededError);
    assert.equal(error.message, "The server's deadline of 0 ms passed after 0 attempts");
    assert.equal(engine.count(), 0);
    assert.equal(at.of('breaker_call')[0]?.status, 'neutral');
  }
});

test('no further attempt starts when what is left is under the backoff and the fastest answer seen', async () => {
  const at = world();
  const slow = async (): Promise<Reply> => {
    await new Promise<void>((resolve) => void at.clock.timer(800, resolve));
    return { status: 200 };
  };
  await finish(at, at.call(slow));
  for (const [totalMs, attempts] of [
    [1799, 1],
    [1800, 2],
  ] as const) {
    const engine = script(down, ok);
    const call = await finish(at, at.call(engine.run, { totalMs }));
    assert.equal(engine.count(), attempts);
    if (attempts === 1) assert.equal((call.error() as RetriesExhaustedError).refusal, 'deadline');
  }
});

test('a first attempt does not start either, and a floor nobody confirms is forgotten', async () => {
  const at = world({ deadline: { floorWindowMs: 10_000 } });
  const slow = async (): Promise<Reply> => {
    await new Promise<void>((resolve) => void at.clock.timer(800, resolve));
    return { status: 200 };
  };
  await finish(at, at.call(slow));
  assert.ok((await finish(at, at.call(ok, { totalMs: 500 }))).error() instanceof DeadlineExceededError);
  await at.clock.advance(10_000);
  assert.equal((await finish(at, at.call(ok, { totalMs: 500 }))).value().status, 200);
});

test('whoever waits by himself can ask whether an attempt after the wait would fit', async () => {
  const at = world();
  const slow = async (): Promise<Reply> => {
    await at.clock.advance(2000);
    return { status: 200 };
  };
  assert.equal(at.pipeline.fits({ totalMs: 1000 }, 999), true);
  assert.equal(at.pipeline.fits({ totalMs: 1000 }, 1000), false);
  for (let i = 0; i < 10; i++) await at.call(slow, { kind: 'slow' });
  assert.equal(at.pipeline.fits({ totalMs: 10_000, kind: 'slow' }, 9000), false, 'no attempt takes less than two seconds');
  assert.equal(at.pipeline.fits({ totalMs: 10_000, kind: 'other' }, 9000), true);
});

test('a total or a number of attempts that makes no sense is refused with the value', async () => {
  const at = world();
  await assert.rejects(at.call(ok, { totalMs: Number.NaN }), new RangeError('call.totalMs must be a number, got NaN'));
  await assert.rejects(
    at.call(ok, { maxAttempts: 0 }),
    new RangeError('call.maxAttempts must be an integer from 1 to 20, got 0'),
  );
});
