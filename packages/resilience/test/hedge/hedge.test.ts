import assert from 'node:assert/strict';
import { test } from 'node:test';
import { seededRandom } from '@penstock/clock';
import {
  BudgetPolicy,
  type HedgeLeg,
  HedgeLostError,
  type HedgeOptions,
  HedgePolicy,
  PipelineStoppedError,
  resolveBudget,
  resolveHedge,
} from '@penstock/resilience';
import { layerWorld, manual } from '../layer-world.ts';
import { watch } from '../world.ts';

const AFTER_100 = { delay: { kind: 'fixed', ms: 100 } } as const;

function hedgeWorld(options: Partial<HedgeOptions> = AFTER_100, tokens = 100) {
  const at = layerWorld();
  const budget = new BudgetPolicy(resolveBudget({ perSecond: 0, capacity: tokens }), at.clock);
  const hedge = new HedgePolicy(resolveHedge(options), { ...at, budget });
  const legs = [manual(), manual()];
  const work = ({ number, signal }: HedgeLeg): Promise<string> =>
    legs[number - 1]?.run(signal) ?? Promise.reject(new Error('third leg'));
  const call = { remainingMs: 10_000, mayHedge: true };
  return { ...at, budget, hedge, legs, work, call };
}

test('a first attempt in time is alone, takes no token and leaves no timer', async () => {
  const at = hedgeWorld();
  const run = watch(at.hedge.run(at.call, at.work));
  await at.clock.advance(99);
  at.legs[0]?.resolve('first');
  await at.clock.advance(1000);
  assert.deepEqual([run.value(), at.legs[1]?.started(), at.budget.tokens, at.clock.pendingTimers], ['first', 0, 100, 0]);
});

test('a late first attempt gets a second one; the first answer wins and the loser is aborted', async () => {
  for (const winner of [0, 1] as const) {
    const at = hedgeWorld();
    const run = watch(at.hedge.run(at.call, at.work));
    await at.clock.advance(100);
    at.legs[winner]?.resolve('answer');
    await at.clock.advance(0);
    assert.equal(run.value(), 'answer');
    assert.equal(at.legs[winner]?.signal()?.aborted, false);
    assert.ok(at.legs[1 - winner]?.signal()?.reason instanceof HedgeLostError);
    assert.equal(at.budget.tokens, 99);
    assert.deepEqual(
      at.of('hedge_finished').map(({ won }) => won),
      [winner === 0 ? 'first' : 'second'],
    );
    await at.clock.advance(100_000);
    assert.equal(at.legs[1]?.started(), 1, 'there is no third attempt');
  }
});

test('a call may say before when it is not hedged, however late it is; the later moment counts', async () => {
  for (const [notBeforeMs, expectedMs] of [
    [0, 100],
    [99, 100],
    [250, 250],
  ] as const) {
    const at = hedgeWorld();
    const run = watch(at.hedge.run({ ...at.call, notBeforeMs }, at.work));
    await at.clock.advance(expectedMs - 1);
    assert.equal(at.legs[1]?.started(), 0);
    await at.clock.advance(1);
    assert.equal(at.legs[1]?.started(), 1);
    assert.equal(at.of('hedge_started')[0]?.delayMs, expectedMs);
    at.legs[1]?.resolve('second');
    await at.clock.advance(0);
    assert.equal(run.value(), 'second');
  }
});

test('what is not to be hedged before the call is over needs no timer', async () => {
  const at = hedgeWorld();
  const run = watch(at.hedge.run({ ...at.call, notBeforeMs: at.call.remainingMs }, at.work));
  assert.equal(at.clock.pendingTimers, 0);
  at.legs[0]?.resolve('first');
  await at.clock.advance(0);
  assert.equal(run.value(), 'first');
});

test('a failure before the delay is handed on at once: repeating is the business of the retry', async () => {
  const at = hedgeWorld();
  const run = watch(at.hedge.run(at.call, at.work));
  at.legs[0]?.reject(new Error('down'));
  await at.clock.advance(0);
  assert.match(String(run.error()), /down/);
  assert.equal(at.clock.pendingTimers, 0);
});

test('a failure of one attempt waits for the other; when both fail, the first one speaks', async () => {
  for (const [first, second] of [
    [0, 1],
    [1, 0],
  ] as const) {
    const at = hedgeWorld();
    const run = watch(at.hedge.run(at.call, at.work));
    await at.clock.advance(100);
    at.legs[first]?.reject(new Error(`leg ${first}`));
    await at.clock.advance(0);
    assert.equal(run.settled(), false);
    at.legs[second]?.reject(new Error(`leg ${second}`));
    await at.clock.advance(0);
    assert.match(String(run.error()), /leg 0/);
    assert.equal(at.hedge.snapshot().samples, 0, 'a failure is not how long an answer takes');
    assert.deepEqual(
      at.of('hedge_finished').map(({ won }) => won),
      ['neither'],
    );
  }
});

test('an answer that is not good does not win, but is better than an error', async () => {
  const at = hedgeWorld();
  const run = watch(at.hedge.run({ ...at.call, good: (answer) => answer === 'good' }, at.work));
  await at.clock.advance(100);
  at.legs[1]?.resolve('bad');
  await at.clock.advance(0);
  assert.equal(run.settled(), false);
  at.legs[0]?.reject(new Error('down'));
  await at.clock.advance(0);
  assert.equal(run.value(), 'bad');
});

test('without a token, without leave, or with less time left than the delay there is no second attempt', async () => {
  for (const [tokens, call, told] of [
    [1, { remainingMs: 10_000, mayHedge: true }, ['hedge_refused']],
    [100, { remainingMs: 10_000, mayHedge: false }, []],
    [100, { remainingMs: 100, mayHedge: true }, []],
  ] as const) {
    const at = hedgeWorld(AFTER_100, tokens);
    while (tokens === 1 && at.budget.charge());
    watch(at.hedge.run(call, at.work));
    await at.clock.advance(1000);
    assert.equal(at.legs[1]?.started(), 0);
    assert.deepEqual(
      at.events.map(({ type }) => type),
      told,
    );
  }
});

test('the client that goes aborts both attempts', async () => {
  const at = hedgeWorld();
  const client = new AbortController();
  const run = watch(at.hedge.run({ ...at.call, signal: client.signal }, at.work));
  await at.clock.advance(100);
  client.abort(new Error('gone'));
  await at.clock.advance(0);
  assert.match(String(run.error()), /gone/);
  assert.deepEqual(
    at.legs.map((leg) => String(leg.signal()?.reason)),
    ['Error: gone', 'Error: gone'],
  );
});

test('a percentile is believed after a hundred answers, and follows them', async () => {
  const at = hedgeWorld({});
  const answer = async (ms: number): Promise<void> => {
    const work = manual();
    const run = watch(at.hedge.run(at.call, ({ number }) => (number === 1 ? work.run() : new Promise(() => undefined))));
    await at.clock.advance(ms);
    work.resolve('x');
    await at.clock.advance(0);
    run.value();
  };
  for (let each = 0; each < 99; each++) await answer(each + 1);
  assert.equal(at.hedge.snapshot().delayMs, null);
  await answer(100);
  assert.equal(at.hedge.snapshot().delayMs, 97);
  for (let each = 0; each < 1000; each++) await answer(1);
  assert.equal(at.hedge.snapshot().delayMs, 10, 'raised to the least delay');
});

test('with 2 % of calls 50 times slower and the delay at p97, p99 falls by five times or more for at most 5 % more load', async () => {
  const run = async (mode: 'enforce' | 'off'): Promise<{ p99: number; sent: number }> => {
    const at = hedgeWorld({ mode });
    const random = seededRandom(97);
    let sent = 0;
    const work = async (): Promise<string> => {
      const ms = (sent++ % 50 === 49 ? 50 : 1) * (80 + 40 * random.next());
      return new Promise((resolve) => void at.clock.timer(ms, () => resolve('x')));
    };
    const latencies: number[] = [];
    for (let each = 0; each < 3000; each++) {
      const before = at.clock.now();
      const call = watch(at.hedge.run(at.call, work));
      while (!call.settled()) await at.clock.advance(at.clock.nextTimerIn ?? 0);
      latencies.push(at.clock.now() - before);
      at.budget.succeeded();
    }
    return { p99: latencies.slice(200).sort((a, b) => a - b)[Math.ceil(0.99 * 2800) - 1] ?? 0, sent };
  };
  const [with_, without] = [await run('enforce'), await run('off')];
  assert.ok(without.p99 / with_.p99 >= 5, `${without.p99} to ${with_.p99}`);
  assert.ok(with_.sent <= 1.05 * 3000, `${with_.sent} sent`);
});

test('in shadow mode it tells when it would hedge and takes no token', async () => {
  const at = hedgeWorld({ ...AFTER_100, mode: 'shadow' });
  watch(at.hedge.run(at.call, at.work));
  await at.clock.advance(100);
  assert.deepEqual([at.legs[1]?.started(), at.budget.tokens], [0, 100]);
  assert.deepEqual(
    at.of('hedge_started').map(({ shadow }) => shadow),
    [true],
  );
});

test('a stop ends what runs and refuses what comes', async () => {
  const at = hedgeWorld();
  const run = watch(at.hedge.run(at.call, at.work));
  at.hedge.stop();
  await at.clock.advance(0);
  assert.ok(run.error() instanceof PipelineStoppedError);
  assert.equal(at.clock.pendingTimers, 0);
  await assert.rejects(at.hedge.run(at.call, at.work), PipelineStoppedError);
});

test('what it tells has the call, the delay, and who won', async () => {
  const call = { sequence: 7 };
  const at = hedgeWorld();
  const run = watch(at.hedge.run({ ...at.call, call }, at.work));
  await at.clock.advance(100);
  at.legs[1]?.resolve('second');
  await at.clock.advance(0);
  assert.equal(run.value(), 'second');
  at.legs[0]?.resolve('too late');
  await at.clock.advance(0);
  assert.deepEqual(at.events, [
    { type: 'hedge_started', shadow: false, name: 'engine', call, delayMs: 100 },
    { type: 'hedge_finished', name: 'engine', call, won: 'second' },
  ]);
  const poor = hedgeWorld(AFTER_100, 1);
  poor.budget.charge();
  watch(poor.hedge.run({ ...poor.call, call }, poor.work));
  await poor.clock.advance(100);
  assert.deepEqual(poor.events, [
    { type: 'hedge_refused', because: 'budget', shadow: false, name: 'engine', call, delayMs: 100 },
  ]);
});

test('only good answers teach it how long an answer takes', async () => {
  const at = hedgeWorld({});
  const call = { ...at.call, good: (answer: string) => answer === 'good' };
  await at.hedge.run(call, async () => 'bad');
  await assert.rejects(
    at.hedge.run(call, async () => Promise.reject(new Error('down'))),
    /down/,
  );
  assert.equal(at.hedge.snapshot().samples, 0);
  await at.hedge.run(call, async () => 'good');
  assert.deepEqual([at.hedge.snapshot().samples, at.hedge.snapshot().delayMs], [1, null]);
  assert.deepEqual(at.events, [], 'a race of one has no winner');
});

test('switched off it starts no second attempt, not even in a race that has begun', async () => {
  const at = hedgeWorld({ ...AFTER_100, mode: 'off' });
  watch(at.hedge.run(at.call, at.work));
  assert.equal(at.clock.pendingTimers, 0);
  const begun = hedgeWorld();
  watch(begun.hedge.run(begun.call, begun.work));
  begun.hedge.reload({ ...AFTER_100, mode: 'off' });
  await begun.clock.advance(1000);
  assert.deepEqual([begun.legs[1]?.started(), begun.events.length, begun.budget.tokens], [0, 0, 100]);
});

test('a judge that throws has found nothing good: the answer is handed on all the same', async () => {
  const at = hedgeWorld();
  const good = (): boolean => {
    throw new Error('the judge');
  };
  assert.equal(await at.hedge.run({ ...at.call, good }, async () => 'answer'), 'answer');
  assert.equal(at.hedge.snapshot().samples, 0);
});

test('the signal of an attempt that has ended by itself is left alone', async () => {
  const at = hedgeWorld();
  const client = new AbortController();
  const run = watch(at.hedge.run({ ...at.call, signal: client.signal, good: (answer) => answer === 'good' }, at.work));
  await at.clock.advance(100);
  at.legs[0]?.resolve('bad');
  await at.clock.advance(0);
  at.legs[1]?.resolve('good');
  await at.clock.advance(0);
  assert.equal(run.value(), 'good');
  client.abort(new Error('gone'));
  at.hedge.stop();
  assert.deepEqual([at.legs[0]?.signal()?.aborted, at.legs[1]?.signal()?.aborted], [false, false]);
});

test('both attempts abort with a stop, and the race has no winner', async () => {
  const at = hedgeWorld();
  const run = watch(at.hedge.run(at.call, at.work));
  await at.clock.advance(100);
  at.hedge.stop();
  await at.clock.advance(0);
  assert.ok(run.error() instanceof PipelineStoppedError);
  for (const leg of at.legs) assert.ok(leg.signal()?.reason instanceof PipelineStoppedError);
  assert.deepEqual(
    at.of('hedge_finished').map(({ won }) => won),
    ['neither'],
  );
  assert.equal(at.hedge.snapshot().samples, 0);
});

test('whether a second attempt is harmless is asked at the start and again when the first is late, before it is paid for', async () => {
  for (const [answers, started] of [
    [[true, true], 1],
    [[true, false], 0],
    [[false, true], 0],
  ] as const) {
    const at = hedgeWorld();
    const asked = [...answers];
    watch(at.hedge.run({ ...at.call, mayHedge: () => asked.shift() ?? false }, at.work));
    await at.clock.advance(100);
    assert.deepEqual([at.legs[1]?.started(), at.budget.tokens], [started, 100 - started]);
  }
});

test('a percentile is known from the least number of answers on, then brought up to date every fifty answers', async () => {
  const at = hedgeWorld({ delay: { kind: 'percentile', percentile: 0.5 }, minSamples: 10 });
  const answers = async (count: number, ms: number): Promise<void> => {
    const work = () => new Promise<string>((resolve) => void at.clock.timer(ms, () => resolve('x')));
    const runs = Array.from({ length: count }, () => watch(at.hedge.run({ ...at.call, mayHedge: false }, work)));
    await at.clock.advance(ms);
    for (const run of runs) run.value();
  };
  await answers(10, 100);
  assert.equal(at.hedge.snapshot().delayMs, 100);
  await answers(49, 400);
  assert.equal(at.hedge.snapshot().delayMs, 100);
  await answers(1, 400);
  assert.equal(at.hedge.snapshot().delayMs, 400);
});

test('a listener that stops it during a stop ends no race twice', async () => {
  const at = hedgeWorld();
  const hedge: HedgePolicy = new HedgePolicy(resolveHedge(AFTER_100), {
    ...at,
    onEvent: (event) => {
      at.onEvent(event);
      if (event.type === 'hedge_finished') hedge.stop();
    },
  });
  const forever = () => new Promise<string>(() => undefined);
  const runs = [watch(hedge.run(at.call, forever)), watch(hedge.run(at.call, forever))];
  await at.clock.advance(100);
  hedge.stop();
  await at.clock.advance(0);
  for (const run of runs) assert.ok(run.error() instanceof PipelineStoppedError);
  assert.equal(at.of('hedge_finished').length, 2);
});

for (const [delay, message] of [
  [null, 'hedge.delay.kind must be one of fixed, percentile, got undefined'],
  [{ kind: 'fixed', ms: -1 }, 'hedge.delay.ms must be a number from 0 to 3600000, got -1'],
  [{ kind: 'percentile', percentile: 1 }, 'hedge.delay.percentile must be a number from 0.5 to 0.999, got 1'],
] as const) {
  test(`a delay that does not fit is refused: ${message}`, () => {
    assert.throws(() => resolveHedge({ delay: delay as HedgeOptions['delay'] }), new RangeError(message));
  });
}
