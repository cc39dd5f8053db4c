import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { FakeClock, scriptedRandom, type Timer } from '@penstock/clock';
import { BreakerOpenError, CallCancelledError, createPipeline } from '@penstock/resilience';
import {
  classify,
  down,
  expired,
  failCalls,
  finish,
  hang,
  held,
  ok,
  pushback,
  status,
  type World,
  watch,
  world,
} from '../world.ts';

const state = (at: World): string => at.pipeline.snapshot().breaker.state;

/** With chance in the middle a break of 30 s is shortened by a tenth. */
const FIRST_BREAK = 27_000;

async function opened(at: World): Promise<World> {
  await failCalls(at, 5);
  assert.equal(state(at), 'open');
  return at;
}
async function halfOpened(at: World): Promise<World> {
  await opened(at);
  await at.clock.advance(FIRST_BREAK);
  assert.equal(state(at), 'half_open');
  return at;
}
async function settle({ clock }: World): Promise<void> {
  await clock.advance(0);
}

suite('closed', () => {
  test('a success between failures starts the count again', async () => {
    const at = world();
    await failCalls(at, 4);
    await finish(at, at.call(ok));
    await failCalls(at, 4);
    assert.equal(state(at), 'closed');
    assert.equal(at.pipeline.snapshot().breaker.consecutiveFailures, 4);
  });

  test('a neutral outcome neither counts nor starts the count again', async () => {
    const at = world();
    await failCalls(at, 4);
    const client = new AbortController();
    const gone = watch(at.call(hang, { signal: client.signal }));
    await settle(at);
    client.abort();
    await settle(at);
    assert.ok(gone.error() instanceof CallCancelledError);
    assert.equal(at.pipeline.snapshot().breaker.consecutiveFailures, 4);
    assert.equal(at.of('breaker_call').at(-1)?.status, 'neutral');
    await failCalls(at, 1);
    assert.equal(state(at), 'open');
  });

  test('a hang that its client abandons is neutral before 10 s and a failure from then on', async () => {
    for (const [waitedMs, status, reason] of [
      [9_999, 'neutral', null],
      [10_000, 'failure', 'abandoned'],
    ] as const) {
      const at = world();
      const client = new AbortController();
      const gone = watch(at.call(hang, { signal: client.signal }));
      await at.clock.advance(waitedMs);
      client.abort();
      await settle(at);
      assert.ok(gone.error() instanceof CallCancelledError);
      assert.equal(at.of('breaker_call')[0]?.status, status);
      assert.equal(at.of('call_finished')[0]?.outcome, 'neutral', 'for the client it was no failure of ours');
      assert.equal(at.pipeline.snapshot().breaker.evidence.lastReason, reason);
    }
  });

  test('an attempt cut by a deadline that the client shortened is neutral; our own total is a failure', async () => {
    const client = world();
    await finish(client, client.call(hang, { totalMs: 500, clientShortened: true }));
    assert.equal(client.of('breaker_call')[0]?.status, 'neutral');
    const server = world();
    await finish(server, server.call(hang, { totalMs: 500 }));
    assert.equal(server.of('breaker_call')[0]?.status, 'failure');
  });

  test('an engine that gives up at the deadline is judged as our own cut there: neutral for the client’s, a failure for ours', async () => {
    const client = world({ retry: { attempts: 1 } });
    for (let i = 0; i < 5; i++) {
      const answer = await finish(client, client.call(expired, { totalMs: 500, clientShortened: true }));
      assert.equal(answer.value().status, 504);
    }
    assert.ok(client.of('breaker_call').every((each) => each.status === 'neutral'));
    const server = world({ retry: { attempts: 1 } });
    await finish(server, server.call(expired, { totalMs: 500 }));
    assert.equal(server.of('breaker_call')[0]?.status, 'failure');
  });

  test('an engine that pushes back is tried again, and however often it does: neither a failed attempt nor a failed call', async () => {
    const at = world({ breaker: { consecutiveCalls: 2, consecutiveAttempts: 2, attemptRatio: 0.1, attemptVolume: 1 } });
    for (let i = 0; i < 10; i++) assert.equal((await finish(at, at.call(pushback))).value().status, 503);
    assert.equal(at.of('attempt_started').length, 30);
    assert.ok(at.of('breaker_call').every((each) => each.status === 'neutral'));
    assert.ok(
      at.of('call_finished').every(({ outcome }) => outcome === 'failure'),
      'for the caller the call has failed',
    );
    const { state, evidence } = at.pipeline.snapshot().breaker;
    assert.equal(state, 'closed');
    assert.equal(evidence.consecutiveAttempts, 0);
    assert.equal(evidence.volume, 0);
  });

  test('a probe that meets pushback is handed back', async () => {
    const at = await halfOpened(world());
    for (let i = 0; i < 5; i++) await finish(at, at.call(pushback));
    assert.equal(at.pipeline.snapshot().breaker.state, 'half_open');
    for (let i = 0; i < 2; i++) await finish(at, at.call(ok));
    assert.equal(at.pipeline.snapshot().breaker.state, 'closed');
  });
});

suite('open', () => {
  test('the transition tells its evidence', async () => {
    const at = await opened(world());
    const [transition] = at.of('breaker_transition');
    assert.deepEqual(
      { ...transition, call: undefined, at: undefined },
      {
        type: 'breaker_transition',
        name: 'engine',
        call: undefined,
        at: undefined,
        from: 'closed',
        to: 'open',
        because: 'consecutive_calls',
        evidence: {
          consecutiveFailures: 5,
          threshold: 5,
          consecutiveAttempts: 5,
          failureRatio: 1,
          volume: 5,
          slowRatio: 0,
          slowVolume: 0,
          epoch: 1,
          trips: 1,
          lastReason: 'ECONNREFUSED',
        },
        epoch: 1,
        consecutive: 5,
      },
    );
    assert.deepEqual(transition?.call, { sequence: 5 }, 'it belongs to the call that tripped it');
  });

  test('a refusal says how long is left, in whole seconds, and never less than one', async () => {
    const at = await opened(world());
    await at.clock.advance(FIRST_BREAK - 1500);
    const error = (await finish(at, at.call(ok))).error();
    assert.ok(error instanceof BreakerOpenError);
    assert.equal(error.retryAfterMs, 1500);
    assert.equal(error.message, 'Circuit breaker OPEN for engine: next attempt in 2 s');
    await at.clock.advance(1499);
    assert.match(String((await finish(at, at.call(ok))).error()), /next attempt in 1 s$/);
  });

  test('it becomes half-open by its timer, without a call', async () => {
    const at = await opened(world());
    await at.clock.advance(FIRST_BREAK - 1);
    assert.equal(state(at), 'open');
    await at.clock.advance(1);
    assert.equal(state(at), 'half_open');
    assert.equal(at.of('breaker_transition').at(-1)?.because, 'timer');
  });

  test('the break grows with repeated trips up to its cap, and no chance takes it above', async () => {
    for (const [chance, breaks] of [
      [0, [30_000, 60_000, 60_000]],
      [0.5, [27_000, 54_000, 54_000]],
    ] as const) {
      const at = world({}, scriptedRandom(chance));
      await failCalls(at, 5);
      for (const expected of breaks) {
        assert.equal(at.pipeline.snapshot().breaker.nextAttemptInMs, expected);
        await at.clock.advance(expected);
        await failCalls(at, 1);
      }
    }
  });

  test('a trip soon after closing keeps growing the break, a later one starts over', async () => {
    const again = async (quietMs: number): Promise<number | null> => {
      const at = await halfOpened(world());
      await finish(at, at.call(ok));
      await finish(at, at.call(ok));
      assert.equal(state(at), 'closed');
      await at.clock.advance(quietMs);
      await failCalls(at, 5);
      return at.pipeline.snapshot().breaker.nextAttemptInMs;
    };
    assert.equal(await again(1000), 54_000);
    assert.equal(await again(60_001), FIRST_BREAK);
  });

  test('an outcome from before the trip is dropped, whatever it is', async () => {
    const at = world();
    const [good, bad] = [held(), held()];
    const before = [watch(at.call(good.run)), watch(at.call(bad.run, { maxAttempts: 1 }))];
    await opened(at);
    good.succeed();
    bad.fail();
    await settle(at);
    assert.equal(before[0]?.value().status, 200, 'the caller still gets its answer');
    assert.equal(state(at), 'open');
    assert.equal(at.pipeline.snapshot().breaker.consecutiveFailures, 5);
    assert.deepEqual(
      at
        .of('breaker_call')
        .slice(-2)
        .map((event) => [event.status, event.stale, event.epoch]),
      [
        ['success', true, 0],
        ['failure', true, 0],
      ],
    );
  });
});

suite('half-open', () => {
  test('three probes at once are let through, everyone else is refused at once', async () => {
    const at = await halfOpened(world());
    const probes = [held(), held(), held()];
    for (const probe of probes) watch(at.call(probe.run));
    await settle(at);
    assert.ok(probes.every((probe) => probe.signal() !== undefined));
    const error = (await finish(at, at.call(ok))).error();
    assert.ok(error instanceof BreakerOpenError);
    assert.equal(error.retryAfterMs, 1000);
  });

  test('two successes close it and the count starts from zero', async () => {
    const at = await halfOpened(world());
    await finish(at, at.call(ok));
    assert.equal(state(at), 'half_open');
    await finish(at, at.call(ok));
    assert.equal(state(at), 'closed');
    assert.equal(at.pipeline.snapshot().breaker.consecutiveFailures, 0);
    await failCalls(at, 4);
    assert.equal(state(at), 'closed');
  });

  test('one failed probe opens it again', async () => {
    const at = await halfOpened(world());
    await finish(at, at.call(ok));
    await failCalls(at, 1);
    assert.equal(state(at), 'open');
    assert.equal(at.of('breaker_transition').at(-1)?.because, 'probe_failed');
  });

  test('a neutral probe hands its permit back', async () => {
    const at = await halfOpened(world());
    const client = new AbortController();
    for (let probe = 0; probe < 3; probe++) watch(at.call(hang, { signal: client.signal }));
    await settle(at);
    assert.ok((await finish(at, at.call(ok))).error() instanceof BreakerOpenError);
    client.abort();
    await settle(at);
    assert.equal(state(at), 'half_open');
    assert.equal((await finish(at, at.call(ok))).value().status, 200);
  });

  test('a client that had gone before its turn takes no permit', async () => {
    const at = await halfOpened(world());
    for (let each = 0; each < 5; each++) {
      const gone = (await finish(at, at.call(ok, { signal: AbortSignal.abort() }))).error();
      assert.ok(gone instanceof CallCancelledError);
    }
    assert.equal((await finish(at, at.call(ok))).value().status, 200);
    assert.equal(at.of('breaker_call').length, 5 + 1, 'those who had gone never reached the breaker');
  });

  test('a hung probe expires as a failure, and what it answers later is dropped', async () => {
    const at = await halfOpened(world());
    const late = held();
    const probe = watch(at.call(late.run));
    await at.clock.advance(29_999);
    assert.equal(state(at), 'half_open');
    await at.clock.advance(1);
    assert.equal(state(at), 'open');
    assert.equal(at.of('breaker_transition').at(-1)?.because, 'probe_expired');
    assert.equal(late.signal()?.aborted, false, 'the call itself goes on');
    late.succeed();
    await settle(at);
    assert.equal(probe.value().status, 200);
    assert.equal(state(at), 'open');
    assert.equal(at.of('breaker_call').at(-1)?.stale, true);
  });

  test('a further attempt of a call from before the trip is refused: only probes run', async () => {
    const at = world({ breaker: { openMs: 100, firstOpenRatio: 1 } });
    const waiting = watch(at.call(down));
    await failCalls(at, 5);
    await at.clock.advance(1200);
    assert.equal(state(at), 'half_open');
    assert.match(String(waiting.error()), /Failed after 1 attempt \(breaker_open\)/);
  });

  test('a probe whose classifier throws is handed back: that is no evidence about the engine', async () => {
    const at = await halfOpened(world());
    const broken = {
      status: 200,
      get retryAfterMs(): number {
        throw new Error('a defect');
      },
    };
    for (let probe = 0; probe < 4; probe++) {
      assert.match(
        String(
          (
            await finish(
              at,
              at.call(async () => broken),
            )
          ).error(),
        ),
        /a defect/,
      );
    }
    assert.equal((await finish(at, at.call(ok))).value().status, 200);
    assert.equal(state(at), 'half_open');
  });

  test('a 404 is a successful probe: the engine answered', async () => {
    const at = await halfOpened(world());
    await finish(at, at.call(status(404)));
    await finish(at, at.call(status(404)));
    assert.equal(state(at), 'closed');
  });
});

/** Time goes on, but no timer that may be missed fires: an event loop that was blocked. */
class BlockedClock extends FakeClock {
  readonly missable: boolean[] = [];

  override timer(ms: number, run: () => void, options: { keepAlive?: boolean } = {}): Timer {
    this.missable.push(options.keepAlive === false);
    return options.keepAlive === false ? { cancel: () => undefined } : super.timer(ms, run);
  }
}

test('a break that is over lets a call through although its timer has not fired yet', async () => {
  const clock = new BlockedClock();
  const deps = { name: 'engine', clock, random: scriptedRandom(0), classify };
  const pipeline = createPipeline({ breaker: { consecutiveCalls: 1 } }, deps);
  const call = { totalMs: 1000, maxAttempts: 1 };
  await assert.rejects(pipeline.execute(down, call));
  await clock.advance(29_999);
  await assert.rejects(pipeline.execute(ok, call), BreakerOpenError);
  await clock.advance(1);
  assert.deepEqual(await pipeline.execute(ok, call), { status: 200 });
  assert.deepEqual(clock.missable, [false, true, true, false], 'attempts keep the process alive; break and lease do not');
});

test('the last 50 transitions are kept', async () => {
  const at = await opened(world());
  for (let trip = 0; trip < 40; trip++) {
    await at.clock.advance(60_000);
    await failCalls(at, 1);
  }
  const { transitions, epoch } = at.pipeline.snapshot().breaker;
  assert.equal(epoch, 81);
  assert.equal(transitions.length, 50);
  assert.equal(transitions.at(-1)?.epoch, 81);
});
