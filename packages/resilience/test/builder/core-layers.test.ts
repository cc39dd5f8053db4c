import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  BudgetPolicy,
  BulkheadPolicy,
  breakerLayer,
  buildPipeline,
  bulkheadLayer,
  CoalescePolicy,
  ConcurrencyPolicy,
  coalesceLayer,
  concurrencyLayer,
  DeadlineExceededError,
  DrainingError,
  deadlineLayer,
  drainLayer,
  HedgePolicy,
  hedgeLayer,
  type LayeredOperation,
  PipelineStoppedError,
  RetriesExhaustedError,
  resolveBudget,
  resolveBulkhead,
  resolveCoalesce,
  resolveConcurrency,
  resolveHedge,
  resolveThrottle,
  retryLayer,
  ThrottlePolicy,
  throttleLayer,
  timeoutLayer,
} from '@penstock/resilience';
import { layerWorld } from '../layer-world.ts';
import { classify, type Reply, refused, watch } from '../world.ts';

const CALL = { totalMs: 10_000 };
const hang: LayeredOperation<Reply> = () => new Promise(() => undefined);
const ok: LayeredOperation<Reply> = async () => ({ status: 200 });
const down: LayeredOperation<Reply> = async () => Promise.reject(refused());
/** Ends with its signal. */
const obedient: LayeredOperation<Reply> = ({ signal }) =>
  new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason)));

function setUp() {
  const at = layerWorld();
  const budget = new BudgetPolicy(resolveBudget({ perSuccess: 0.1 }), at.clock);
  return {
    ...at,
    start: () => buildPipeline<Reply>({ ...at, classify, budget }),
    bulkhead: new BulkheadPolicy(resolveBulkhead({ maxInFlight: 1, maxQueued: 1 }), at),
    hedge: new HedgePolicy(resolveHedge({ delay: { kind: 'fixed', ms: 100 } }), { ...at, budget }),
  };
}

test('the line has every layer that was added with its numbers, and those of the core that were not as off', () => {
  const at = setUp();
  const line =
    'breaker(2 calls in a row | 100 attempts in a row | 50 % of ≥100 attempts in 10 s, ≤60 s)' +
    ' > retry(2, 1s×2≤60s ±20 %, budget 0.1/success + 10/s) > timeout(4 s) ; total 10 s';
  const whole = at
    .start()
    .with(throttleLayer(new ThrottlePolicy(resolveThrottle(), at)))
    .with(deadlineLayer({ totalMs: 10_000 }))
    .with(breakerLayer({ consecutiveCalls: 2 }))
    .with(retryLayer({ attempts: 2 }))
    .with(hedgeLayer(at.hedge))
    .with(bulkheadLayer(at.bulkhead))
    .with(timeoutLayer({ attemptMs: 4000 }))
    .build();
  assert.equal(whole.describe(), `throttle(K 2, ≤80 %, above 5/s) > ${line} > hedge(after 0.1s) > bulkhead(1 + 1 waiting)`);
  assert.equal(at.start().build().describe(), 'breaker(off) > retry(off) > timeout(off) ; total(off)');
  const own = buildPipeline<Reply>({ ...layerWorld(), classify })
    .with(retryLayer({}, { perSuccess: 0.2 }))
    .build();
  assert.match(own.describe(), / budget 0.2\/success /);
});

test('Bulkhead alone: one attempt runs, one waits and leaves with its client, the next one is refused', async () => {
  const at = setUp();
  const pipeline = at.start().with(bulkheadLayer(at.bulkhead)).build();
  const client = new AbortController();
  const running = watch(pipeline.execute(hang, CALL));
  const waiting = watch(pipeline.execute(ok, { ...CALL, signal: client.signal, priority: 'batch' }));
  await at.clock.advance(0);
  assert.deepEqual([at.bulkhead.snapshot().inFlight, at.bulkhead.snapshot().queued], [1, 1]);
  assert.equal(at.of('bulkhead_queued')[0]?.priority, 'batch');
  client.abort(new Error('gone'));
  await at.clock.advance(0);
  assert.match(String(waiting.error()), /The client went away/);
  assert.deepEqual([running.settled(), at.bulkhead.snapshot().queued], [false, 0]);
  pipeline.stop();
});

test('Hedge alone: only a call that allows it is hedged, and an answer that is not good does not win', async () => {
  const at = setUp();
  const pipeline = at.start().with(hedgeLayer(at.hedge)).build();
  const seen: (boolean | undefined)[] = [];
  const operation: LayeredOperation<Reply> = async ({ hedge }) => {
    seen.push(hedge);
    await new Promise<void>((resolve) => void at.clock.timer(hedge ? 100 : 1000, resolve));
    return { status: hedge ? 503 : 200 };
  };
  for (const [mayHedge, attempts] of [
    [undefined, [false]],
    [false, [false]],
    [true, [false, true]],
  ] as const) {
    seen.length = 0;
    const call = watch(pipeline.execute(operation, { ...CALL, ...(mayHedge !== undefined && { mayHedge }) }));
    await at.clock.advance(1000);
    assert.deepEqual([call.value(), seen], [{ kind: 'answer', value: { status: 200 } }, attempts]);
  }
});

test('Concurrency -> Deadline -> Timeout: the total cuts the attempt, with a layer outside it or without', async () => {
  for (const outer of [true, false]) {
    const at = setUp();
    const concurrency = concurrencyLayer(new ConcurrencyPolicy(resolveConcurrency(), at));
    const start = at.start();
    const pipeline = (
      outer ? start.with(concurrency).with(deadlineLayer({ totalMs: 500 })) : start.with(deadlineLayer({ totalMs: 500 }))
    )
      .with(timeoutLayer({ attemptMs: 4000 }))
      .build();
    const call = watch(pipeline.execute(obedient, CALL));
    await at.clock.advance(499);
    assert.equal(call.settled(), false);
    await at.clock.advance(1);
    assert.ok(call.error() instanceof DeadlineExceededError);
  }
});

test('without a deadline layer the call’s own total is not enforced; the attempt’s cap is', async () => {
  const at = setUp();
  const pipeline = at
    .start()
    .with(timeoutLayer({ attemptMs: 4000 }))
    .build();
  const call = watch(pipeline.execute(obedient, { totalMs: 10 }));
  await at.clock.advance(3999);
  assert.equal(call.settled(), false);
  await at.clock.advance(1);
  assert.match(String(call.error()), /No answer within 4000 ms/);
});

test('a reload of the total holds wherever it starts to run, and one of the budget is the retry’s', async () => {
  for (const outer of [true, false]) {
    const at = layerWorld();
    const start = buildPipeline<Reply>({ ...at, classify }).with(deadlineLayer({ totalMs: 500 }));
    const coalesce = coalesceLayer(new CoalescePolicy(resolveCoalesce(), at));
    const pipeline = outer ? start.with(coalesce).with(retryLayer()).build() : start.with(retryLayer()).build();
    pipeline.reload({ deadline: { totalMs: 100 }, budget: { perSuccess: 0.3 } });
    assert.match(pipeline.describe(), / budget 0.3\/success .* total 0.1 s$/);
    const call = watch(pipeline.execute(obedient, { ...CALL, key: 'k' }));
    await at.clock.advance(99);
    assert.equal(call.settled(), false);
    await at.clock.advance(1);
    assert.ok(call.error() instanceof DeadlineExceededError);
  }
});

test('Deadline -> Coalesce: a call that joined has its total from its own beginning, also after a reload of something else', async () => {
  const at = layerWorld();
  const pipeline = buildPipeline<Reply>({ ...at, classify })
    .with(deadlineLayer({ totalMs: 500 }))
    .with(coalesceLayer(new CoalescePolicy(resolveCoalesce(), at)))
    .with(retryLayer())
    .build();
  pipeline.reload({ deadline: { totalMs: 100 } });
  pipeline.reload({ retry: { attempts: 1 } });
  const call = () => watch(pipeline.execute(obedient, { ...CALL, key: 'k' }));
  const first = call();
  await at.clock.advance(50);
  const joined = call();
  await at.clock.advance(50);
  assert.ok(first.error() instanceof DeadlineExceededError);
  await at.clock.advance(49);
  assert.equal(joined.settled(), false);
  await at.clock.advance(1);
  assert.ok(joined.error() instanceof DeadlineExceededError);
});

test('Hedge alone pays from a budget of its own: there is no retry to share one with', () => {
  const at = layerWorld();
  const budget = new BudgetPolicy(resolveBudget(), at.clock);
  const hedge = new HedgePolicy(resolveHedge(), { ...at, budget });
  const start = () => buildPipeline<Reply>({ ...at, classify });
  assert.match(start().with(hedgeLayer(hedge)).build().describe(), /hedge\(after p97\)/);
  assert.throws(() => start().with(retryLayer()).with(hedgeLayer(hedge)).build(), RangeError);
});

test('a drain ends the backoff of what is under way and begins nothing; a stop ends every layer', async () => {
  const at = setUp();
  const throttle = new ThrottlePolicy(resolveThrottle(), at);
  const pipeline = at
    .start()
    .with(drainLayer('engine'))
    .with(throttleLayer(throttle))
    .with(retryLayer())
    .with(hedgeLayer(at.hedge))
    .with(bulkheadLayer(at.bulkhead))
    .build();
  const retrying = watch(pipeline.execute(down, CALL));
  await at.clock.advance(0);
  assert.equal(retrying.settled(), false);
  pipeline.drain();
  await at.clock.advance(0);
  const ended = retrying.error();
  assert.ok(ended instanceof RetriesExhaustedError && ended.refusal === 'draining');
  await assert.rejects(pipeline.execute(ok, CALL), DrainingError);
  assert.equal(
    await throttle.run(
      async () => 'open',
      () => 'accepted',
    ),
    'open',
  );
  pipeline.stop();
  for (const refusal of [
    throttle.run(
      async () => 'x',
      () => 'accepted',
    ),
    at.hedge.run({ remainingMs: 1000, mayHedge: false }, async () => 'x'),
    at.bulkhead.run({ remainingMs: 1000 }, async () => 'x'),
  ]) {
    await assert.rejects(refusal, PipelineStoppedError);
  }
});

test('a stop without a drain layer drains as well and ends what is in flight', async () => {
  const at = setUp();
  const pipeline = at.start().with(retryLayer()).build();
  const running = watch(pipeline.execute(hang, CALL));
  await at.clock.advance(0);
  pipeline.stop();
  await at.clock.advance(0);
  assert.ok(running.error() instanceof PipelineStoppedError);
  assert.equal(pipeline.snapshot().draining, true);
  await assert.rejects(pipeline.execute(ok, CALL), PipelineStoppedError);
});
