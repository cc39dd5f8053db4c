import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { FakeClock } from '@penstock/clock';
import type { BreakerOptions } from '@penstock/resilience';
import { RatioWindow } from '../../src/breaker/rules/window.ts';
import { down, finish, hang, ok, type Reply, refused, script, type World, watch, world } from '../world.ts';

const state = (at: World): string => at.pipeline.snapshot().breaker.state;
const opening = (at: World) => at.of('breaker_transition')[0];
const NO_RULE = { consecutiveCalls: 0, consecutiveAttempts: 0, attemptRatio: 0, slowCallMs: 0 } as const;
const only = (breaker: Partial<BreakerOptions>) =>
  world({ breaker: { ...NO_RULE, ...breaker }, budget: { mode: 'off' }, retry: { baseMs: 1, maxMs: 1 } });
const one = { maxAttempts: 1 } as const;
async function fail(at: World, times: number): Promise<void> {
  for (let each = 0; each < times; each++) await finish(at, at.call(down, one));
}
async function succeed(at: World, times: number): Promise<void> {
  for (let each = 0; each < times; each++) await finish(at, at.call(ok, one));
}

test('with every rule switched off nothing opens it, and failed calls in a row are counted all the same', async () => {
  const at = only({});
  await fail(at, 300);
  assert.equal(state(at), 'closed');
  assert.equal(at.pipeline.snapshot().breaker.consecutiveFailures, 300);
});

suite('failed attempts in a row', () => {
  test('open it at the attempt that reaches the number, while their calls still back off', async () => {
    const at = world({ breaker: { consecutiveAttempts: 20 } });
    const calls = Array.from({ length: 19 }, () => watch(at.call(down)));
    await at.clock.advance(0);
    assert.equal(state(at), 'closed');
    calls.push(watch(at.call(down)));
    await at.clock.advance(0);
    assert.equal(state(at), 'open');
    const transition = opening(at);
    assert.equal(transition?.because, 'consecutive_attempts');
    assert.equal(transition?.evidence.consecutiveAttempts, 20);
    assert.equal(transition?.evidence.lastReason, 'ECONNREFUSED');
    assert.deepEqual(transition?.call, { sequence: 20 }, 'it belongs to the call whose attempt it was');
    assert.equal(transition?.consecutive, 0, 'no call has failed yet');
    await at.clock.advance(2000);
    for (const call of calls) assert.match(String(call.error()), /Failed after 1 attempt \(breaker_open\)/);
    assert.equal(at.of('attempt_started').length, 20);
    assert.ok(
      at.of('breaker_call').every((event) => event.stale),
      'they are of the epoch before',
    );
  });

  test('count on through calls, and a success starts them again', async () => {
    const at = only({ consecutiveAttempts: 10 });
    await finish(at, at.call(script(down, down, ok).run));
    await fail(at, 9);
    assert.equal(state(at), 'closed');
    assert.equal(at.pipeline.snapshot().breaker.evidence.consecutiveAttempts, 9);
    await fail(at, 1);
    assert.equal(state(at), 'open');
  });

  test('neither count neutral attempts nor start again with them', async () => {
    const at = only({ consecutiveAttempts: 3 });
    await fail(at, 2);
    const client = new AbortController();
    watch(at.call(hang, { signal: client.signal }));
    await at.clock.advance(9_999);
    client.abort();
    await finish(at, at.call(hang, { totalMs: 5, clientShortened: true }));
    assert.equal(at.pipeline.snapshot().breaker.evidence.consecutiveAttempts, 2);
    await fail(at, 1);
    assert.equal(state(at), 'open');
  });

  test('count an attempt that its client left unanswered for too long', async () => {
    const at = only({ consecutiveAttempts: 1 });
    const client = new AbortController();
    watch(at.call(hang, { signal: client.signal }));
    await at.clock.advance(10_000);
    client.abort();
    await at.clock.advance(0);
    assert.equal(opening(at)?.because, 'consecutive_attempts');
    assert.equal(opening(at)?.evidence.lastReason, 'abandoned');
  });

  test('are forgotten when it closes: what comes after is counted from zero', async () => {
    const at = only({ consecutiveAttempts: 2, openMs: 1000 });
    await fail(at, 2);
    await at.clock.advance(1000);
    await succeed(at, 2);
    assert.equal(state(at), 'closed');
    await fail(at, 1);
    assert.equal(state(at), 'closed');
  });
});

suite('the ratio of failed attempts', () => {
  test('opens it at half of a hundred, not below either', async () => {
    for (const [good, bad, expected] of [
      [50, 49, 'closed'],
      [51, 49, 'closed'],
      [50, 50, 'open'],
    ] as const) {
      const at = only({ attemptRatio: 0.5 });
      await succeed(at, good);
      await fail(at, bad);
      assert.equal(state(at), expected, `${bad} of ${good + bad}`);
    }
  });

  test('tells ratio and volume', async () => {
    const at = only({ attemptRatio: 0.5 });
    await succeed(at, 60);
    await fail(at, 60);
    const { because, evidence } = opening(at) ?? {};
    assert.equal(because, 'attempt_ratio');
    assert.deepEqual([evidence?.failureRatio, evidence?.volume], [0.5, 120]);
  });

  test('is not acted on at a success, though it may reach the volume', async () => {
    const at = only({ attemptRatio: 0.5, attemptVolume: 10 });
    await fail(at, 9);
    await succeed(at, 1);
    assert.equal(state(at), 'closed');
    await fail(at, 1);
    assert.equal(state(at), 'open');
  });

  test('forgets what is older than its window', async () => {
    const at = only({ attemptRatio: 0.5, attemptVolume: 100 });
    await fail(at, 99);
    await at.clock.advance(10_000);
    await fail(at, 99);
    assert.equal(state(at), 'closed');
    await fail(at, 1);
    assert.equal(state(at), 'open');
  });

  test('hears each attempt of a call', async () => {
    const at = only({ attemptRatio: 0.6, attemptVolume: 6 });
    await finish(at, at.call(script(down, down, ok).run));
    await finish(at, at.call(down));
    assert.equal(opening(at)?.because, 'attempt_ratio');
    assert.equal(opening(at)?.evidence.volume, 6);
  });
});

suite('the ratio of slow calls', () => {
  const slow = (at: World, ms: number) => async (): Promise<Reply> => {
    await new Promise<void>((resolve) => void at.clock.timer(ms, resolve));
    return { status: 200 };
  };
  const rule = { slowCallMs: 500, slowRatio: 0.8, slowVolume: 10 } as const;

  test('opens it when enough calls were slow, though they succeeded', async () => {
    const at = only(rule);
    await succeed(at, 2);
    for (let each = 0; each < 7; each++) await finish(at, at.call(slow(at, 500)));
    assert.equal(state(at), 'closed');
    await finish(at, at.call(slow(at, 500)));
    assert.equal(opening(at)?.because, 'slow_ratio');
    assert.deepEqual([opening(at)?.evidence.slowRatio, opening(at)?.evidence.slowVolume], [0.8, 10]);
    assert.equal(at.of('breaker_call').at(-1)?.status, 'success');
  });

  test('is not acted on at a fast call', async () => {
    const at = only(rule);
    for (let each = 0; each < 9; each++) await finish(at, at.call(slow(at, 500)));
    await succeed(at, 1);
    assert.equal(state(at), 'closed');
  });

  test('takes a call just below the threshold for a fast one', async () => {
    const at = only(rule);
    for (let each = 0; each < 20; each++) await finish(at, at.call(slow(at, 499)));
    assert.equal(at.pipeline.snapshot().breaker.evidence.slowRatio, 0);
  });

  test('adds up the attempts of a call and leaves its backoff out', async () => {
    const at = world({ breaker: { ...NO_RULE, slowCallMs: 500, slowVolume: 1, slowRatio: 0.5 } });
    const failing = async (): Promise<Reply> => {
      await new Promise<void>((resolve) => void at.clock.timer(100, resolve));
      throw refused();
    };
    await finish(at, at.call(failing));
    assert.equal(state(at), 'closed', 'three attempts of 100 ms in more than 3 s');
    await finish(at, at.call(script(failing, slow(at, 400)).run));
    assert.equal(state(at), 'open');
  });

  test('keeps probes that answer too late from closing it: two of them open it again, one and two fast ones close it', async () => {
    for (const [times, expected] of [
      [[500, 500], 'slow_ratio'],
      [[500, 0, 0], 'probes_succeeded'],
      [[0, 500, 500], 'slow_ratio'],
    ] as const) {
      const at = only({ ...rule, slowVolume: 1, openMs: 1000, probes: 1 });
      await finish(at, at.call(slow(at, 500)));
      await at.clock.advance(1000);
      for (const ms of times) await finish(at, at.call(slow(at, ms)));
      assert.equal(at.of('breaker_transition').at(-1)?.because, expected);
    }
  });

  test('forgets what is older than its window', async () => {
    const at = only({ ...rule, slowWindowMs: 60_000 });
    for (let each = 0; each < 9; each++) await finish(at, at.call(slow(at, 500)));
    await at.clock.advance(60_000);
    await finish(at, at.call(slow(at, 500)));
    assert.equal(state(at), 'closed');
  });
});

suite('a window', () => {
  test('keeps what happened for nine to ten tenths of its length, in constant space', async () => {
    const clock = new FakeClock(0);
    const window = new RatioWindow(clock, 1000);
    assert.deepEqual([window.ratio, window.total], [0, 0]);
    window.count(true);
    await clock.advance(99);
    window.count(false);
    await clock.advance(900);
    window.count(false);
    assert.deepEqual([window.ratio, window.total], [1 / 3, 3]);
    await clock.advance(1);
    assert.deepEqual([window.ratio, window.total], [0, 1]);
    await clock.advance(100_000);
    assert.equal(window.total, 0);
  });

  test('keeps what another length still covers', async () => {
    const clock = new FakeClock(0);
    const window = new RatioWindow(clock, 10_000);
    window.count(true);
    await clock.advance(4000);
    window.count(false);
    await clock.advance(4000);
    window.count(true);
    window.resize(10_000);
    assert.equal(window.total, 3);
    window.resize(5000);
    assert.deepEqual([window.ratio, window.total], [0.5, 2]);
    window.resize(60_000);
    await clock.advance(10_000);
    assert.equal(window.total, 2);
    await clock.advance(60_000);
    assert.equal(window.total, 0);
  });
});
