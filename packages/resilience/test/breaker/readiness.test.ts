import assert from 'node:assert/strict';
import { test } from 'node:test';
import { scriptedRandom } from '@penstock/clock';
import { BreakerOpenError, type BreakerOptions, type ReadinessProbe } from '@penstock/resilience';
import { down, failCalls, finish, hang, ok, type World, watch, world } from '../world.ts';

const state = (at: World): string => at.pipeline.snapshot().breaker.state;
/** With chance in the middle: a tenth off the interval of a second, and off the break of 30 s. */
const INTERVAL = 900;
const FIRST_BREAK = 27_000;

interface Asked {
  readonly at: number;
  readonly signal: AbortSignal;
}

/** An open breaker whose engine is asked for its readiness. */
async function opened(answer: ReadinessProbe, breaker: Partial<BreakerOptions> = {}, chance = 0.5) {
  const asked: Asked[] = [];
  const probe: ReadinessProbe = (signal) => {
    asked.push({ at: at.clock.monotonic() - start, signal });
    return answer(signal);
  };
  const at = world({ breaker }, scriptedRandom(chance), probe);
  await failCalls(at, 5);
  const start = at.clock.monotonic();
  assert.equal(state(at), 'open');
  const answers = () => at.of('readiness_probed').map((event) => event.answer);
  return { at, asked, answers };
}
const transitions = (at: World) => at.of('breaker_transition').map(({ from, to, because }) => `${from} > ${to}: ${because}`);

test('while open the engine is asked every second, jittered, and the first yes makes it half-open', async () => {
  let ready = false;
  const { at, asked, answers } = await opened(async () => ready);
  await at.clock.advance(3 * INTERVAL);
  assert.deepEqual(
    asked.map((each) => each.at),
    [INTERVAL, 2 * INTERVAL, 3 * INTERVAL],
  );
  assert.equal(state(at), 'open');
  ready = true;
  await at.clock.advance(INTERVAL);
  assert.equal(state(at), 'half_open');
  assert.equal(at.of('breaker_transition').at(-1)?.because, 'readiness');
  assert.deepEqual(answers(), ['not_ready', 'not_ready', 'not_ready', 'ready']);
  assert.equal(at.clock.pendingTimers, 0, 'neither the break nor the next question is left');
  await finish(at, at.call(ok));
  await finish(at, at.call(ok));
  assert.equal(state(at), 'closed');
  await at.clock.advance(60_000);
  assert.equal(asked.length, 4, 'closed, it does not ask');
});

test('whoever asks for readiness does not wait for its turn, yet makes no more than ten questions of one', async () => {
  const { at, asked } = await opened(async () => false);
  await at.clock.advance(2 * INTERVAL + 500);
  at.pipeline.askReadiness();
  await at.clock.advance(0);
  assert.equal(asked.at(-1)?.at, 2 * INTERVAL + 500, 'the last question is old: at once');
  for (let ms = 0; ms < 1000; ms++) {
    at.pipeline.askReadiness();
    await at.clock.advance(1);
  }
  assert.equal(asked.length, 3 + 11, 'one for every 90 ms');
  await at.clock.advance(2 * INTERVAL);
  const [before, last] = asked.slice(-2).map((each) => each.at);
  assert.equal((last ?? 0) - (before ?? 0), INTERVAL, 'then at its turn again');
});

test('asking for readiness changes nothing while a question is out, nor where the breaker is not open', async () => {
  const { at, asked } = await opened(() => new Promise(() => undefined));
  await at.clock.advance(INTERVAL);
  at.pipeline.askReadiness();
  await at.clock.advance(500);
  assert.equal(asked.length, 1);
  const closed = world({}, scriptedRandom(0.5), () => assert.fail('asked'));
  closed.pipeline.askReadiness();
  await closed.clock.advance(60_000);
  assert.equal(closed.clock.pendingTimers, 0);
});

test('no chance makes the wait longer than the interval', async () => {
  const { at, asked } = await opened(async () => false, {}, 0);
  await at.clock.advance(1000);
  assert.deepEqual(
    asked.map((each) => each.at),
    [1000],
  );
});

test('a question that took its time does not put off the next, and one without an answer is given up at its limit', async () => {
  const { at, asked, answers } = await opened(() => new Promise(() => undefined), { readinessTimeoutMs: 500 });
  await at.clock.advance(INTERVAL + 499);
  assert.equal(asked[0]?.signal.aborted, false);
  await at.clock.advance(1);
  assert.equal(asked[0]?.signal.aborted, true);
  assert.deepEqual(answers(), ['timeout']);
  assert.equal(at.of('readiness_probed')[0]?.durationMs, 500);
  await at.clock.advance(INTERVAL);
  assert.deepEqual(
    asked.map((each) => each.at),
    [INTERVAL, 2 * INTERVAL],
  );
});

test('a question that outlasts the interval is followed by the next at once, never by two at a time', async () => {
  const { at, asked } = await opened(() => new Promise(() => undefined), { readinessTimeoutMs: 2000 });
  await at.clock.advance(INTERVAL + 2000);
  assert.deepEqual(
    asked.map((each) => each.at),
    [INTERVAL, INTERVAL + 2000],
  );
});

test('a probe that rejects or throws counts as no', async () => {
  for (const answer of [
    () => Promise.reject(new Error('refused')),
    (): never => {
      throw new Error('thrown');
    },
  ]) {
    const { at, answers } = await opened(answer);
    await at.clock.advance(2 * INTERVAL);
    assert.deepEqual(answers(), ['failed', 'failed']);
    assert.equal(state(at), 'open');
  }
});

test('an answer after the limit, or after the break is over, moves nothing', async () => {
  const pending: ((ready: boolean) => void)[] = [];
  const { at, asked } = await opened(() => new Promise((resolve) => pending.push(resolve)), { readinessTimeoutMs: 1000 });
  await at.clock.advance(INTERVAL + 1000);
  pending[0]?.(true);
  await at.clock.advance(0);
  assert.equal(state(at), 'open');
  await at.clock.advance(FIRST_BREAK - INTERVAL - 1000);
  assert.equal(state(at), 'half_open');
  assert.equal(asked.at(-1)?.signal.aborted, true, 'the break ended its question');
  await failCalls(at, 1);
  pending.at(-1)?.(true);
  await at.clock.advance(0);
  assert.equal(state(at), 'open');
});

test('where an early probe fails, readiness is not believed again until the grown break has run once', async () => {
  const { at, asked } = await opened(async () => true);
  await at.clock.advance(INTERVAL);
  await failCalls(at, 1);
  assert.equal(state(at), 'open');
  assert.equal(at.pipeline.snapshot().breaker.readinessBelieved, false);
  assert.equal(at.pipeline.snapshot().breaker.nextAttemptInMs, 54_000, 'the break has grown');
  await at.clock.advance(53_999);
  assert.equal(asked.length, 1, 'ready, yet failing: it is not asked');
  assert.equal(state(at), 'open');
  await at.clock.advance(1);
  assert.equal(at.of('breaker_transition').at(-1)?.because, 'timer');
  assert.equal(at.pipeline.snapshot().breaker.readinessBelieved, true);
  await failCalls(at, 1);
  await at.clock.advance(INTERVAL);
  assert.equal(asked.length, 2, 'believed again');
  assert.equal(state(at), 'half_open');
});

test('an early probe that hangs counts as failed', async () => {
  const { at } = await opened(async () => true, { probeLeaseMs: 2000 });
  await at.clock.advance(INTERVAL);
  watch(at.call(hang));
  await at.clock.advance(2000);
  assert.equal(at.of('breaker_transition').at(-1)?.because, 'probe_expired');
  assert.equal(at.pipeline.snapshot().breaker.readinessBelieved, false);
});

test('a failed probe of an ordinary half-open phase does not discredit readiness', async () => {
  let ready = false;
  const { at } = await opened(async () => ready);
  await at.clock.advance(FIRST_BREAK);
  assert.equal(state(at), 'half_open');
  await failCalls(at, 1);
  ready = true;
  await at.clock.advance(INTERVAL);
  assert.deepEqual(transitions(at), [
    'closed > open: consecutive_calls',
    'open > half_open: timer',
    'half_open > open: probe_failed',
    'open > half_open: readiness',
  ]);
});

test('an early half-open phase that closes leaves readiness believed', async () => {
  const { at } = await opened(async () => true);
  await at.clock.advance(INTERVAL);
  await finish(at, at.call(ok));
  await finish(at, at.call(ok));
  await failCalls(at, 5);
  assert.equal(at.pipeline.snapshot().breaker.readinessBelieved, true);
  await at.clock.advance(INTERVAL);
  assert.equal(state(at), 'half_open');
});

test('an interval of 0 asks nothing, and neither does a pipeline without a probe', async () => {
  const { at, asked } = await opened(async () => true, { readinessMs: 0 });
  await at.clock.advance(FIRST_BREAK - 1);
  assert.deepEqual([asked.length, state(at)], [0, 'open']);
  const without = world();
  await failCalls(without, 5);
  assert.equal(without.clock.pendingTimers, 1);
});

test('stopping ends the question in flight and leaves no timer; its answer is dropped', async () => {
  const pending: ((ready: boolean) => void)[] = [];
  const { at, asked } = await opened(() => new Promise((resolve) => pending.push(resolve)));
  await at.clock.advance(INTERVAL);
  at.pipeline.stop();
  assert.equal(at.clock.pendingTimers, 0);
  assert.equal(asked[0]?.signal.aborted, true);
  const before = at.events.length;
  pending[0]?.(true);
  await at.clock.advance(0);
  assert.equal(at.events.length, before);
});

test('a listener that stops the pipeline at the answer is obeyed', async () => {
  const { at } = await opened(async () => {
    at.pipeline.stop();
    return true;
  });
  await at.clock.advance(INTERVAL);
  assert.equal(state(at), 'open');
  assert.equal(at.clock.pendingTimers, 0);
});

test('a refusal still says how long the break lasts at the latest', async () => {
  const { at } = await opened(async () => false);
  await at.clock.advance(1000);
  const error = (await finish(at, at.call(down))).error();
  assert.ok(error instanceof BreakerOpenError);
  assert.equal(error.retryAfterMs, FIRST_BREAK - 1000);
});
