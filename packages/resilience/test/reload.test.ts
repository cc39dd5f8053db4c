import assert from 'node:assert/strict';
import { test } from 'node:test';
import { FakeClock, scriptedRandom } from '@penstock/clock';
import { createPipeline, PipelineStoppedError } from '@penstock/resilience';
import { classify, down, failCalls, finish, hang, held, ok, type Reply, script, type World, watch, world } from './world.ts';

const breaker = (at: World) => at.pipeline.snapshot().breaker;

test('options are exchanged whole, as at construction, and the new start line is told', async () => {
  const at = world({ retry: { attempts: 1 } });
  at.pipeline.reload({ timeout: { attemptMs: 1000 } });
  const line = 'breaker(5 calls in a row | 100 attempts in a row | 50 % of ≥100 attempts in 10 s, ≤60 s)';
  const rest = 'retry(3, 1s×2≤60s ±20 %, budget 0.5/success + 10/s) > timeout(1 s) ; total 150 s';
  assert.equal(at.pipeline.describe(), `${line} > ${rest}`);
  assert.deepEqual(at.of('options_reloaded'), [{ type: 'options_reloaded', name: 'engine', line: at.pipeline.describe() }]);
  const engine = script(down);
  await finish(at, at.call(engine.run));
  assert.equal(engine.count(), 3, 'what was left out has its default again');
});

test('options that do not fit are refused as at construction, and nothing of them is in force', async () => {
  const at = world();
  const before = at.pipeline.describe();
  for (const [options, message] of [
    [{ retry: { attempts: 5 }, breaker: { openMs: 0 } }, 'breaker.openMs must be a number from 10 to 3600000, got 0'],
    [{ timeout: { attemptMs: 5 }, budget: { mode: 'on' } }, 'budget.mode must be one of enforce, shadow, off, got "on"'],
    [{ nonsense: {} }, 'pipeline.nonsense is not an option; known are deadline, breaker, retry, budget, timeout'],
  ] as const) {
    assert.throws(() => at.pipeline.reload(options as object), new RangeError(message));
    assert.equal(at.pipeline.describe(), before);
  }
  assert.deepEqual(at.of('options_reloaded'), []);
});

test('failed calls in a row are kept, and a lowered threshold acts at the next failure', async () => {
  const at = world();
  await failCalls(at, 4);
  at.pipeline.reload({ breaker: { consecutiveCalls: 2 } });
  assert.deepEqual([breaker(at).state, breaker(at).consecutiveFailures], ['closed', 4]);
  await failCalls(at, 1);
  assert.equal(breaker(at).state, 'open');
});

test('attempts in the window are kept, also under another length of it', async () => {
  const at = world({ breaker: { consecutiveCalls: 0 } });
  await failCalls(at, 60);
  at.pipeline.reload({ breaker: { consecutiveCalls: 0, attemptWindowMs: 20_000 } });
  assert.equal(breaker(at).evidence.volume, 60);
  await failCalls(at, 40);
  assert.equal(breaker(at).state, 'open');
});

test('slow calls counted under another threshold are forgotten, others are kept', async () => {
  const at = world({ breaker: { slowCallMs: 100 } });
  await finish(at, at.call(ok));
  at.pipeline.reload({ breaker: { slowCallMs: 100, slowRatio: 0.5 } });
  assert.equal(breaker(at).evidence.slowVolume, 1);
  at.pipeline.reload({ breaker: { slowCallMs: 200 } });
  assert.equal(breaker(at).evidence.slowVolume, 0);
});

test('an open breaker stays open until the end that its break had, the next one has the new length', async () => {
  const at = world();
  await failCalls(at, 5);
  at.pipeline.reload({ breaker: { openMs: 1000, openJitter: 0 } });
  assert.equal(breaker(at).nextAttemptInMs, 27_000);
  await at.clock.advance(27_000);
  assert.equal(breaker(at).state, 'half_open');
  await failCalls(at, 1);
  assert.equal(breaker(at).nextAttemptInMs, 1000);
});

test('probes that are out keep their leases, and the new number of places counts at once', async () => {
  const at = world({ breaker: { openMs: 1000, probes: 1 } });
  await failCalls(at, 5);
  await at.clock.advance(1000);
  watch(at.call(hang));
  await at.clock.advance(0);
  at.pipeline.reload({ breaker: { openMs: 1000, probes: 2, probeLeaseMs: 60_000 } });
  assert.equal((await finish(at, at.call(ok))).value().status, 200);
  await at.clock.advance(30_000);
  assert.equal(breaker(at).transitions.at(-1)?.because, 'probe_expired');
});

test('early recovery can be switched on and off while it is open', async () => {
  let asked = 0;
  const probe = async (): Promise<boolean> => ++asked === 3;
  const at = world({ breaker: { readinessMs: 0 } }, scriptedRandom(0), probe);
  await failCalls(at, 5);
  await at.clock.advance(2000);
  assert.equal(asked, 0);
  at.pipeline.reload({});
  await at.clock.advance(1000);
  assert.equal(asked, 1);
  at.pipeline.reload({ breaker: { readinessMs: 0 } });
  await at.clock.advance(5000);
  assert.equal(asked, 1);
  assert.equal(at.clock.pendingTimers, 1, 'the break goes on');
  at.pipeline.reload({ breaker: { readinessMs: 100 } });
  await at.clock.advance(200);
  assert.equal(breaker(at).state, 'half_open');
});

test('switching the breaker off closes it and forgets; switched on again it starts closed', async () => {
  const at = world({}, scriptedRandom(0.5), async () => false);
  const before = held();
  const old = watch(at.call(before.run, { maxAttempts: 1 }));
  await failCalls(at, 5);
  at.pipeline.reload({ breaker: { mode: 'off' } });
  assert.equal(at.of('breaker_transition').at(-1)?.because, 'switched_off');
  assert.equal(at.clock.pendingTimers, 1, 'the attempt in flight only');
  assert.deepEqual([breaker(at).state, breaker(at).consecutiveFailures], ['closed', 0]);
  assert.equal((await finish(at, at.call(ok))).value().status, 200);
  await failCalls(at, 10);
  before.fail();
  await at.clock.advance(0);
  assert.match(String(old.error()), /Failed after 1 attempt/);
  at.pipeline.reload({});
  assert.deepEqual([breaker(at).state, breaker(at).consecutiveFailures], ['closed', 0]);
  await failCalls(at, 5);
  assert.equal(breaker(at).state, 'open');
});

test('switching a closed breaker off forgets what its rules have heard', async () => {
  const at = world();
  await failCalls(at, 4);
  at.pipeline.reload({ breaker: { mode: 'off' } });
  assert.deepEqual([breaker(at).consecutiveFailures, at.of('breaker_transition').length], [0, 0]);
});

test('a breaker taken into shadow mode while open keeps its state and refuses nobody', async () => {
  const at = world();
  await failCalls(at, 5);
  at.pipeline.reload({ breaker: { mode: 'shadow' } });
  assert.equal(breaker(at).state, 'open');
  assert.equal((await finish(at, at.call(ok))).value().status, 200);
  at.pipeline.reload({});
  assert.match(String((await finish(at, at.call(ok))).error()), /Circuit breaker OPEN/);
});

test('tokens are kept', async () => {
  const at = world({ budget: { perSecond: 0 } });
  await finish(at, at.call(down));
  at.pipeline.reload({ budget: { perSecond: 0, capacity: 200 } });
  assert.equal(at.pipeline.snapshot().budget.tokens, 98);
  at.pipeline.reload({ budget: { perSecond: 0, capacity: 50 } });
  assert.equal(at.pipeline.snapshot().budget.tokens, 50);
});

test('the floor latency is kept, also under another window', async () => {
  const at = world();
  const slow = async (): Promise<Reply> => {
    await new Promise<void>((resolve) => void at.clock.timer(800, resolve));
    return { status: 200 };
  };
  await finish(at, at.call(slow));
  const expired = async (): Promise<boolean> => {
    const { error } = await finish(at, at.call(ok, { totalMs: 500 }));
    try {
      return /deadline of 500 ms leaves less than the 800 ms/.test(String(error()));
    } catch {
      return false;
    }
  };
  at.pipeline.reload({ deadline: { floorWindowMs: 1000 } });
  assert.equal(await expired(), true);
  await at.clock.advance(1000);
  assert.equal(await expired(), false);
});

test('a call under way keeps its total, its cap and its number of attempts; its next backoff is a new one', async () => {
  const at = world();
  const startedAt = at.clock.monotonic();
  const first = held();
  const times: number[] = [];
  const call = watch(
    at.call(
      script(first.run, async () => {
        times.push(at.clock.monotonic() - startedAt);
        throw new Error('again');
      }).run,
    ),
  );
  await at.clock.advance(0);
  at.pipeline.reload({ retry: { attempts: 2, baseMs: 10, jitter: { kind: 'none' } }, timeout: { attemptMs: 1 } });
  await at.clock.advance(100);
  first.fail();
  await at.clock.runAll();
  assert.deepEqual(times, [110, 130]);
  assert.match(String(call.error()), /Failed after 3 attempts/);
});

test('a stopped pipeline takes no options', () => {
  const deps = { name: 'engine', clock: new FakeClock(), random: scriptedRandom(0.5), classify };
  const pipeline = createPipeline({}, deps);
  pipeline.stop();
  assert.throws(() => pipeline.reload({}), PipelineStoppedError);
});
