import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { CallCancelledError, PipelineStoppedError, RetriesExhaustedError } from '@penstock/resilience';
import { down, finish, held, ok, refused, script, status, watch, world } from '../world.ts';

const reason = (error: unknown): string | undefined => {
  assert.ok(error instanceof RetriesExhaustedError);
  return error.refusal;
};

suite('what is retried', () => {
  for (const [title, first] of [
    ['a refused connection', down],
    ['503', status(503)],
    ['an unknown status (500)', status(500)],
    ['429 with Retry-After', status(429, 1000)],
    [
      'an unknown error',
      async () => {
        throw new Error('odd');
      },
    ],
  ] as const) {
    test(`${title} is`, async () => {
      const at = world();
      const engine = script(first, ok);
      assert.equal((await finish(at, at.call(engine.run))).value().status, 200);
      assert.equal(engine.count(), 2);
    });
  }

  for (const [title, first] of [
    ['404', status(404)],
    ['501', status(501)],
    ['429 without Retry-After', status(429)],
  ] as const) {
    test(`${title} is not, and is handed on`, async () => {
      const at = world();
      const engine = script(first, ok);
      assert.notEqual((await finish(at, at.call(engine.run))).value().status, 200);
      assert.equal(engine.count(), 1);
    });
  }

  test('a permanent error is not, and says so', async () => {
    const at = world();
    const broken = async () => {
      throw new TypeError('not a function');
    };
    const error = (await finish(at, at.call(broken))).error();
    assert.equal(reason(error), 'permanent');
    assert.ok(error instanceof RetriesExhaustedError && error.cause instanceof TypeError);
    assert.equal(at.of('retry_refused')[0]?.because, 'permanent');
  });

  test('an operation that throws before it returns a promise is judged like one that rejects', async () => {
    const at = world();
    const engine = script(() => {
      throw refused();
    }, ok);
    assert.equal((await finish(at, at.call(engine.run))).value().status, 200);
  });

  test('a call that allows one attempt gets one', async () => {
    const at = world();
    const engine = script(down);
    assert.equal(reason((await finish(at, at.call(engine.run, { maxAttempts: 1 }))).error()), 'attempts');
    assert.equal(engine.count(), 1);
  });
});

suite('when', () => {
  test('the second attempt starts 1 s and the third 3 s after the first failed', async () => {
    const at = world();
    const startedAt = at.clock.monotonic();
    const times: number[] = [];
    await finish(
      at,
      at.call(async () => {
        times.push(at.clock.monotonic() - startedAt);
        throw refused();
      }),
    );
    assert.deepEqual(times, [0, 1000, 3000]);
  });

  test('Retry-After is a floor under the backoff', async () => {
    const at = world();
    await finish(at, at.call(script(status(503, 5000), status(503, 10), ok).run));
    assert.deepEqual(
      at.of('retry_scheduled').map((event) => event.delayMs),
      [5000, 2000],
    );
  });

  test('a Retry-After beyond the deadline fails now and is handed on', async () => {
    const at = world();
    const startedAt = at.clock.monotonic();
    const reply = (await finish(at, at.call(status(503, 200_000)))).value();
    assert.deepEqual(reply, { status: 503, retryAfterMs: 200_000 });
    assert.equal(at.clock.monotonic(), startedAt);
    assert.equal(at.of('retry_refused')[0]?.because, 'deadline');
    const engine = async () => {
      throw Object.assign(refused(), { retryAfterMs: 1 });
    };
    assert.equal(reason((await finish(at, at.call(engine, { totalMs: 500 }))).error()), 'deadline');
  });
});

suite('stopping', () => {
  test('a client that goes during the backoff ends it at once and starts no further attempt', async () => {
    const at = world();
    const client = new AbortController();
    const engine = script(down, ok);
    const call = watch(at.call(engine.run, { signal: client.signal }));
    await at.clock.advance(500);
    client.abort(new Error('hung up'));
    await at.clock.advance(0);
    const error = call.error();
    assert.ok(error instanceof CallCancelledError);
    assert.equal((error.cause as Error).message, 'hung up');
    assert.equal(at.clock.pendingTimers, 0);
    assert.equal(engine.count(), 1);
  });

  test('a client that goes while its listener hears of the retry starts no further attempt', async () => {
    const at = world();
    const client = new AbortController();
    const engine = script(down, ok);
    const onEvent = ({ type }: { type: string }) => type === 'retry_scheduled' && client.abort();
    const call = watch(at.call(engine.run, { signal: client.signal, onEvent }));
    await at.clock.advance(0);
    assert.ok(call.error() instanceof CallCancelledError, 'at once, without the backoff');
    assert.equal(engine.count(), 1);
  });

  test('a client that goes while its listener hears of the attempt is not served any more', async () => {
    const at = world();
    const client = new AbortController();
    const engine = script(ok);
    const onEvent = ({ type }: { type: string }) => type === 'attempt_started' && client.abort();
    const call = await finish(at, at.call(engine.run, { signal: client.signal, onEvent }));
    assert.ok(call.error() instanceof CallCancelledError);
    assert.equal(engine.count(), 0);
  });

  test('a client that goes during the backoff does not abort the attempt that had ended', async () => {
    const at = world();
    const client = new AbortController();
    const first = held();
    const call = watch(at.call(first.run, { signal: client.signal }));
    await at.clock.advance(0);
    first.fail();
    await at.clock.advance(10);
    client.abort();
    await at.clock.advance(0);
    assert.ok(call.error() instanceof CallCancelledError);
    assert.equal(first.signal()?.aborted, false);
  });

  test('a client that goes during an attempt aborts its signal and is not kept waiting', async () => {
    const at = world();
    const client = new AbortController();
    const engine = held();
    const call = watch(at.call(engine.run, { signal: client.signal }));
    await at.clock.advance(10);
    client.abort();
    await at.clock.advance(0);
    assert.ok(call.error() instanceof CallCancelledError);
    assert.ok(engine.signal()?.reason instanceof CallCancelledError);
  });

  test('draining ends a backoff at once and hands the failure on; what it has in flight goes on', async () => {
    const at = world();
    const flying = held();
    const inFlight = watch(at.call(flying.run));
    const waiting = watch(at.call(down));
    await at.clock.advance(100);
    at.pipeline.drain();
    await at.clock.advance(0);
    assert.equal(reason(waiting.error()), 'draining');
    assert.equal(inFlight.settled(), false);
    flying.succeed();
    await at.clock.advance(0);
    assert.equal(inFlight.value().status, 200);
  });

  test('while draining a first attempt runs and is not repeated', async () => {
    const at = world();
    at.pipeline.drain();
    assert.equal((await finish(at, at.call(ok))).value().status, 200);
    const engine = script(down);
    assert.equal(reason((await finish(at, at.call(engine.run))).error()), 'draining');
    assert.equal(engine.count(), 1);
  });

  test('a stopped pipeline ends calls in flight and in backoff, refuses later ones and leaves no timer', async () => {
    const at = world();
    const flying = held();
    const calls = [watch(at.call(flying.run)), watch(at.call(down))];
    await at.clock.advance(100);
    at.pipeline.stop();
    at.pipeline.stop();
    await at.clock.advance(0);
    for (const [index, call] of calls.entries()) {
      const error = call.error();
      // The one in backoff hears of the drain first: its failure is what it hands on.
      assert.ok(index === 0 ? error instanceof PipelineStoppedError : reason(error) === 'draining');
    }
    assert.ok(flying.signal()?.aborted);
    assert.ok((await finish(at, at.call(ok))).error() instanceof PipelineStoppedError);
    assert.equal(at.clock.pendingTimers, 0);
    assert.equal(at.pipeline.snapshot().inFlight, 0);
  });
});

test('the events of a retried call tell its story in order', async () => {
  const at = world();
  await finish(at, at.call(script(down, ok).run));
  assert.deepEqual(
    at.events.map((event) => event.type),
    [
      'attempt_started',
      'attempt_finished',
      'budget_changed',
      'retry_scheduled',
      'attempt_started',
      'attempt_finished',
      'budget_changed',
      'breaker_call',
      'call_finished',
    ],
  );
  assert.deepEqual(at.of('attempt_finished')[0], {
    type: 'attempt_finished',
    name: 'engine',
    call: { sequence: 1 },
    attempt: 1,
    of: 3,
    outcome: 'transient',
    reason: 'ECONNREFUSED',
    message: 'connect ECONNREFUSED 127.0.0.1:8080',
    durationMs: 0,
  });
  assert.deepEqual(at.of('call_finished')[0], {
    type: 'call_finished',
    name: 'engine',
    call: { sequence: 1 },
    outcome: 'success',
    reason: '200',
    attempts: 2,
    durationMs: 1000,
  });
});
