import assert from 'node:assert/strict';
import { test } from 'node:test';
import { FakeClock, scriptedRandom } from '@penstock/clock';
import {
  CallCancelledError,
  createPipeline,
  DeadlineExceededError,
  HedgeLostError,
  PipelineStoppedError,
  RetriesExhaustedError,
} from '@penstock/resilience';
import { down, finish, hang, ok, type Reply, refused, status, watch, world } from '../world.ts';

test('each end of a call and of its attempts is told with its reason and words', async () => {
  const client = new AbortController();
  const cancelled = world();
  const going = watch(cancelled.call(hang, { signal: client.signal }));
  await cancelled.clock.advance(20);
  client.abort(new Error('closed'));
  await cancelled.clock.advance(0);
  assert.ok(going.error() instanceof CallCancelledError);

  const stopped = world();
  const ending = watch(stopped.call(hang));
  await stopped.clock.advance(20);
  stopped.pipeline.stop();
  await stopped.clock.advance(0);
  assert.ok(ending.error() instanceof PipelineStoppedError);

  const shortened = world();
  await finish(shortened, shortened.call(hang, { totalMs: 20, clientShortened: true }));

  for (const [at, reason, message] of [
    [cancelled, 'cancelled', 'The client went away'],
    [stopped, 'stopped', 'The pipeline to engine has stopped'],
    [shortened, 'deadline', "The client's deadline of 20 ms passed after 1 attempt"],
  ] as const) {
    const [attempt] = at.of('attempt_finished');
    assert.deepEqual(
      [attempt?.outcome, attempt?.reason, attempt?.message, attempt?.durationMs],
      ['neutral', reason, message, 20],
    );
    const [call] = at.of('call_finished');
    assert.deepEqual([call?.outcome, call?.reason, call?.attempts, call?.durationMs], ['neutral', reason, 1, 20]);
    assert.equal(at.of('breaker_call')[0]?.status, 'neutral');
  }
});

test('a client that goes during the backoff ends the call after the attempts it has made', async () => {
  const at = world();
  const client = new AbortController();
  const call = watch(at.call(down, { signal: client.signal }));
  await at.clock.advance(500);
  client.abort();
  await at.clock.advance(0);
  assert.ok(call.error() instanceof CallCancelledError);
  const [finished] = at.of('call_finished');
  assert.deepEqual([finished?.outcome, finished?.reason, finished?.attempts], ['neutral', 'cancelled', 1]);
});

test('for a client that had gone before no attempt is started', async () => {
  const at = world();
  const gone = await finish(at, at.call(ok, { signal: AbortSignal.abort() }));
  assert.ok(gone.error() instanceof CallCancelledError);
  assert.deepEqual(
    at.events.map((event) => ('reason' in event ? [event.type, event.reason] : [event.type])),
    [['call_finished', 'cancelled']],
  );
});

test('a call whose total has run out is refused without an attempt, and that is told', async () => {
  const at = world();
  const error = (await finish(at, at.call(ok, { totalMs: 0 }))).error();
  assert.ok(error instanceof DeadlineExceededError && error.attempts === 0);
  assert.deepEqual(at.of('attempt_started'), []);
  const [exceeded] = at.of('deadline_exceeded');
  assert.deepEqual(exceeded && [exceeded.whose, exceeded.totalMs, exceeded.attempts], ['server', 0, 0]);
  const [finished] = at.of('call_finished');
  assert.deepEqual([finished?.outcome, finished?.reason, finished?.attempts], ['neutral', 'deadline', 0]);
  assert.equal(at.of('breaker_call')[0]?.status, 'neutral');
});

test('without a listener every one of these ends the same', async () => {
  const clock = new FakeClock();
  const classify = () => ({ kind: 'transient', reason: 'bad' }) as const;
  const pipeline = createPipeline(
    { deadline: { mode: 'shadow' }, retry: { attempts: 1 } },
    { name: 'engine', clock, random: scriptedRandom(0.5), classify },
  );
  assert.deepEqual(await pipeline.execute(ok, { totalMs: 0 }), { status: 200 });
  const strict = createPipeline({}, { name: 'engine', clock, random: scriptedRandom(0.5), classify });
  await assert.rejects(strict.execute(ok, { totalMs: 0 }), DeadlineExceededError);
});

test('what failed is told in the words of the verdict, else of the error, else by the reason', async () => {
  const at = (verdict: object) => {
    const clock = new FakeClock();
    const messages: string[] = [];
    const pipeline = createPipeline(
      { retry: { attempts: 1 } },
      {
        name: 'engine',
        clock,
        random: scriptedRandom(0.5),
        classify: () => ({ kind: 'transient', reason: 'code', ...verdict }),
        onEvent: (event) => void (event.type === 'attempt_finished' && messages.push(event.message)),
      },
    );
    return { pipeline, messages };
  };
  const ends = [
    async (): Promise<Reply> => Promise.reject(new Error('the error')),
    async (): Promise<Reply> => Promise.reject(new Error('')),
    async (): Promise<Reply> => Promise.reject('a string'),
    ok,
  ];
  for (const [verdict, expected] of [
    [{ message: 'the verdict' }, ['the verdict', 'the verdict', 'the verdict', 'the verdict']],
    [{}, ['the error', 'code', 'code', 'code']],
  ] as const) {
    const { pipeline, messages } = at(verdict);
    for (const end of ends) await pipeline.execute(end, { totalMs: 1000 }).catch(() => undefined);
    assert.deepEqual(messages, expected);
  }
});

test('a retry that is planned is told with its attempt, delay, reason and words', async () => {
  const at = world();
  const call = watch(at.call(down));
  await at.clock.advance(0);
  const [scheduled] = at.of('retry_scheduled');
  assert.deepEqual(
    { ...scheduled, call: scheduled?.call.sequence },
    {
      type: 'retry_scheduled',
      name: 'engine',
      call: 1,
      attempt: 1,
      of: 3,
      delayMs: 1000,
      reason: 'ECONNREFUSED',
      message: refused().message,
    },
  );
  at.pipeline.stop();
  await at.clock.advance(0);
  call.error();
});

test('exhausted retries know when to return only where the engine or the breaker said so', async () => {
  const ended = async (at: ReturnType<typeof world>, operation: typeof ok, call: object = {}) => {
    const error = (await finish(at, at.call(operation, call))).error();
    assert.ok(error instanceof RetriesExhaustedError);
    return [error.refusal, error.retryAfterMs];
  };
  assert.deepEqual(await ended(world(), down), ['attempts', undefined]);
  const opening = world({ breaker: { consecutiveAttempts: 2, openJitter: 0 } });
  assert.deepEqual(await ended(opening, down), ['breaker_open', 30_000]);
  const settled = world();
  const reply = (await finish(settled, settled.call(status(503, 700), { maxAttempts: 1 }))).value();
  assert.deepEqual(reply, { status: 503, retryAfterMs: 700 });
});

test('an attempt that lost a race was abandoned by nobody, however long it ran', async () => {
  const at = world();
  const race = new AbortController();
  const call = watch(at.call(hang, { signal: race.signal }));
  await at.clock.advance(60_000);
  race.abort(new HedgeLostError());
  await at.clock.advance(0);
  assert.ok(call.error() instanceof CallCancelledError);
  assert.equal(at.of('breaker_call')[0]?.status, 'neutral');
});

test('a pipeline that its listener stops at the news of a retry ends the call as stopped', async () => {
  const at = world();
  const onEvent = ({ type }: { type: string }) => type === 'retry_scheduled' && at.pipeline.stop();
  const call = watch(at.call(down, { onEvent }));
  await at.clock.advance(0);
  assert.ok(call.error() instanceof PipelineStoppedError);
  const [finished] = at.of('call_finished');
  assert.deepEqual([finished?.outcome, finished?.reason, finished?.attempts], ['neutral', 'stopped', 1]);
});

test('a call that a defect of the classifier ends is told as neutral, and is no failure to be held', async () => {
  const clock = new FakeClock();
  const ends: unknown[] = [];
  const pipeline = createPipeline(
    {},
    {
      name: 'engine',
      clock,
      random: scriptedRandom(0.5),
      classify: () => {
        throw new Error('a defect');
      },
      onEvent: (event) => void (event.type === 'call_finished' && ends.push([event.outcome, event.reason, event.attempts])),
    },
  );
  const holdFailure = () => assert.fail('held');
  await assert.rejects(pipeline.execute(ok, { totalMs: 1000, holdFailure }), /a defect/);
  assert.deepEqual(ends, [['neutral', 'internal', 1]]);
});
