import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { PolicyEvent } from '@penstock/resilience';
import { down, failCalls, finish, held, ok, status, type World, watch, world } from '../world.ts';

const breaker = (at: World) => at.pipeline.snapshot().breaker;
/** Breaks of 500 and 1000 ms without chance. */
const QUICK = { consecutiveCalls: 1, openMs: 1000, openJitter: 0, probes: 1, probeSuccesses: 1 } as const;

async function halfOpened(at: World): Promise<World> {
  await failCalls(at, 1);
  await at.clock.advance(500);
  assert.equal(breaker(at).state, 'half_open');
  return at;
}

test('the last reason is that of the latest failure, a probe’s and an expired one’s included; a success is none', async () => {
  const at = world({ breaker: { ...QUICK, consecutiveCalls: 2, probeLeaseMs: 300 } });
  const reason = () => breaker(at).evidence.lastReason;
  assert.equal(reason(), null);
  await failCalls(at, 1);
  await finish(at, at.call(ok));
  assert.equal(reason(), 'ECONNREFUSED');
  await failCalls(at, 2);
  await at.clock.advance(500);
  await finish(at, at.call(status(503), { maxAttempts: 1 }));
  assert.equal(reason(), '503');
  at.pipeline.reload({ breaker: { ...QUICK, consecutiveCalls: 2, probeSuccesses: 2, probeLeaseMs: 300 } });
  await at.clock.advance(1000);
  await finish(at, at.call(ok));
  assert.deepEqual([breaker(at).state, reason()], ['half_open', '503']);
  watch(at.call(held().run));
  await at.clock.advance(300);
  assert.deepEqual([breaker(at).state, reason()], ['open', 'probe_expired']);
  at.pipeline.stop();
});

test('a refusal tells that it is one, and what it rests on', async () => {
  const at = world({ breaker: QUICK });
  await failCalls(at, 1);
  await finish(at, at.call(ok));
  const refusal = at.of('breaker_call').at(-1);
  assert.deepEqual(
    { ...refusal, call: refusal?.call.sequence, evidence: refusal?.evidence?.lastReason },
    {
      type: 'breaker_call',
      name: 'engine',
      call: 2,
      consecutiveFailures: 1,
      epoch: 1,
      status: 'rejected',
      probe: false,
      stale: false,
      evidence: 'ECONNREFUSED',
      retryAfterMs: 500,
    },
  );
  const finished = at.of('call_finished').at(-1);
  assert.deepEqual([finished?.outcome, finished?.reason, finished?.attempts], ['rejected', 'breaker_open', 0]);
});

test('the time of the next attempt is known only while something is in the way', async () => {
  const at = world({ breaker: { ...QUICK, probeLeaseMs: 5000 } });
  const next = () => breaker(at).nextAttemptInMs;
  assert.equal(next(), null);
  await failCalls(at, 1);
  assert.equal(next(), 500);
  await at.clock.advance(500);
  assert.equal(next(), null, 'half-open, and a probe may go');
  watch(at.call(held().run));
  await at.clock.advance(0);
  assert.equal(next(), 1000, 'every probe is out');
  at.pipeline.stop();
});

test('attempts of a probe are not counted: it is judged as a whole', async () => {
  const at = await halfOpened(world({ breaker: { ...QUICK, consecutiveAttempts: 2 } }));
  await finish(at, at.call(down));
  assert.deepEqual(
    at.of('breaker_transition').map(({ because }) => because),
    ['consecutive_calls', 'timer', 'probe_failed'],
  );
  assert.equal(at.of('attempt_started').length, 4);
});

test('switched off it hears nobody, not even calls from before, and believes readiness again', async () => {
  const at = world({ breaker: { consecutiveCalls: 5 } });
  const before = held();
  const call = watch(at.call(before.run, { maxAttempts: 1 }));
  await at.clock.advance(0);
  at.pipeline.reload({ breaker: { mode: 'off' } });
  before.fail();
  await at.clock.advance(0);
  call.error();
  assert.equal(breaker(at).consecutiveFailures, 0);

  let ready = true;
  const early = world({ breaker: { ...QUICK, openMs: 60_000, readinessMs: 100 } }, undefined, async () => ready);
  await failCalls(early, 1);
  await early.clock.advance(100);
  assert.equal(breaker(early).state, 'half_open');
  await failCalls(early, 1);
  ready = false;
  assert.equal(breaker(early).readinessBelieved, false);
  early.pipeline.reload({ breaker: { mode: 'off' } });
  assert.deepEqual([breaker(early).readinessBelieved, breaker(early).state], [true, 'closed']);
  early.pipeline.stop();
});

test('a reload of a closed breaker asks nobody for readiness', async () => {
  let asked = 0;
  const at = world({}, undefined, async () => {
    asked++;
    return true;
  });
  at.pipeline.reload({ breaker: { consecutiveCalls: 3 } });
  await at.clock.advance(10_000);
  assert.deepEqual([asked, at.clock.pendingTimers], [0, 0]);
});

test('the call whose outcome moves the breaker hears of it, timers are told to the pipeline alone', async () => {
  const at = world({ breaker: QUICK });
  const heard: PolicyEvent['type'][] = [];
  await finish(at, at.call(down, { maxAttempts: 1, onEvent: ({ type }) => void heard.push(type) }));
  assert.ok(heard.includes('breaker_transition'));
  const count = heard.length;
  await at.clock.advance(500);
  assert.deepEqual([heard.length, at.of('breaker_transition').length], [count, 2]);
});

test('a trip at the very end of a break’s length after closing is still a repeated one', async () => {
  for (const [waitMs, trips] of [
    [1000, 2],
    [1001, 1],
  ] as const) {
    const at = await halfOpened(world({ breaker: QUICK }));
    await finish(at, at.call(ok));
    assert.equal(breaker(at).state, 'closed');
    await at.clock.advance(waitMs);
    await failCalls(at, 1);
    assert.equal(breaker(at).evidence.trips, trips);
    at.pipeline.stop();
  }
});

test('an answered question of readiness is not aborted', async () => {
  let asked: AbortSignal | undefined;
  const at = world({ breaker: { ...QUICK, openMs: 60_000, readinessMs: 100 } }, undefined, async (signal) => {
    asked = signal;
    return false;
  });
  await failCalls(at, 1);
  await at.clock.advance(100);
  assert.deepEqual([at.of('readiness_probed')[0]?.answer, asked?.aborted], ['not_ready', false]);
  at.pipeline.stop();
});

test('what a rule looks at follows a reload, and is forgotten when the breaker closes', async () => {
  const ratio = { consecutiveCalls: 0, consecutiveAttempts: 0, attemptRatio: 1, attemptVolume: 4 } as const;
  const at = world({ breaker: { ...ratio, ...QUICK, consecutiveCalls: 0 } });
  await failCalls(at, 2);
  at.pipeline.reload({ breaker: { ...QUICK, ...ratio, attemptVolume: 3, attemptWindowMs: 60_000 } });
  await at.clock.advance(30_000);
  assert.equal(breaker(at).evidence.volume, 2, 'the longer window holds them');
  await failCalls(at, 1);
  assert.equal(at.of('breaker_transition')[0]?.because, 'attempt_ratio');
  await at.clock.advance(500);
  await finish(at, at.call(ok));
  assert.deepEqual([breaker(at).state, breaker(at).evidence.volume], ['closed', 0]);

  const slow = { slowCallMs: 100, slowVolume: 3, slowRatio: 0.5 } as const;
  const other = world({ breaker: { ...QUICK, consecutiveCalls: 0, ...slow } });
  const taking = async (ms: number): Promise<void> => {
    const work = held();
    const call = watch(other.call(work.run));
    await other.clock.advance(ms);
    work.succeed();
    await other.clock.advance(0);
    call.value();
  };
  for (const ms of [0, 0, 100]) await taking(ms);
  assert.deepEqual([breaker(other).state, breaker(other).evidence.slowVolume], ['closed', 3], 'one of three is below half');
  other.pipeline.reload({ breaker: { ...QUICK, consecutiveCalls: 0, ...slow, slowWindowMs: 600_000 } });
  await other.clock.advance(300_000);
  assert.equal(breaker(other).evidence.slowVolume, 3);
  await taking(100);
  assert.equal(other.of('breaker_transition')[0]?.because, 'slow_ratio');
  await other.clock.advance(500);
  await taking(0);
  assert.deepEqual([breaker(other).state, breaker(other).evidence.slowVolume], ['closed', 0]);
});

test('what opossum has heard is that of its last ten seconds', async () => {
  const at = world({ breaker: { consecutiveCalls: 100 } });
  const heard = () => {
    const { successes, failures } = breaker(at).heard;
    return [successes, failures];
  };
  await failCalls(at, 1);
  await at.clock.advance(5000);
  await finish(at, at.call(ok));
  assert.deepEqual(heard(), [1, 1]);
  await at.clock.advance(4999);
  assert.deepEqual(heard(), [1, 1]);
  await at.clock.advance(1001);
  assert.deepEqual(heard(), [1, 0]);
  await at.clock.advance(30_000);
  await failCalls(at, 1);
  assert.deepEqual(heard(), [0, 1], 'the rest was forgotten before the new one was heard');
});
