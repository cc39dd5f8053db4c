import assert from 'node:assert/strict';
import { test } from 'node:test';
import { scriptedRandom } from '@penstock/clock';
import {
  BreakerOpenError,
  BudgetPolicy,
  BulkheadFullError,
  BulkheadPolicy,
  breakerLayer,
  buildPipeline,
  bulkheadLayer,
  CoalescePolicy,
  ConcurrencyPolicy,
  cacheLayer,
  coalesceLayer,
  concurrencyLayer,
  type Delivered,
  DrainingError,
  deadlineLayer,
  drainLayer,
  FallbackPolicy,
  fallbackLayer,
  HedgePolicy,
  hedgeLayer,
  IdempotencyPolicy,
  idempotencyLayer,
  LAYER_ORDER,
  type LayeredOperation,
  MemoryIdempotencyStore,
  MemoryRateStore,
  RateLimitedError,
  RateLimitPolicy,
  RetriesExhaustedError,
  rateLimitLayer,
  resolveBudget,
  resolveBulkhead,
  resolveCoalesce,
  resolveConcurrency,
  resolveFallback,
  resolveHedge,
  resolveIdempotency,
  resolveRateLimit,
  resolveStale,
  resolveThrottle,
  retryLayer,
  StalePolicy,
  staleLayer,
  ThrottlePolicy,
  throttleLayer,
  timeoutLayer,
} from '@penstock/resilience';
import { layerWorld } from '../layer-world.ts';
import { classify, type Reply, refused, watch } from '../world.ts';

function allLayers() {
  const at = layerWorld(scriptedRandom(0.5));
  const budget = new BudgetPolicy(resolveBudget(), at.clock);
  const deps = { ...at, classify, budget };
  const kept = new Map<string, Reply>();
  const cache = {
    get: async (key: string) => {
      const value = kept.get(key);
      return value && { value, ageMs: 0 };
    },
    set: async (key: string, value: Reply) => void kept.set(key, value),
  };
  const store = new MemoryIdempotencyStore<Delivered<Reply>>(at.clock);
  const pipeline = buildPipeline<Reply>(deps)
    .with(drainLayer('engine'))
    .with(rateLimitLayer(new RateLimitPolicy(resolveRateLimit({ burst: 20 }), { ...at, store: new MemoryRateStore(at.clock) })))
    .with(throttleLayer(new ThrottlePolicy(resolveThrottle(), at)))
    .with(concurrencyLayer(new ConcurrencyPolicy(resolveConcurrency(), at)))
    .with(deadlineLayer({ totalMs: 10_000 }))
    .with(idempotencyLayer(new IdempotencyPolicy(resolveIdempotency(), { ...at, store })))
    .with(coalesceLayer(new CoalescePolicy(resolveCoalesce(), at)))
    .with(cacheLayer(cache))
    .with(fallbackLayer(new FallbackPolicy<Reply>(resolveFallback(), { ...at, reply: () => undefined })))
    .with(staleLayer(new StalePolicy<Reply>(resolveStale(), at), () => 1))
    .with(breakerLayer())
    .with(retryLayer())
    .with(hedgeLayer(new HedgePolicy(resolveHedge({ delay: { kind: 'fixed', ms: 100 } }), { ...at, budget })))
    .with(bulkheadLayer(new BulkheadPolicy(resolveBulkhead({ maxInFlight: 2, maxQueued: 0 }), at)))
    .with(timeoutLayer({ attemptMs: 4000 }))
    .build();
  let sent = 0;
  const ok: LayeredOperation<Reply> = async () => {
    sent++;
    return { status: 200 };
  };
  const down: LayeredOperation<Reply> = async () => {
    sent++;
    throw refused();
  };
  const finish = async (call: Promise<Delivered<Reply>>): Promise<ReturnType<typeof watch<Delivered<Reply>>>> => {
    const seen = watch(call);
    for (let turn = 0; turn < 100 && !seen.settled(); turn++) await at.clock.advance(at.clock.nextTimerIn ?? 0);
    return seen;
  };
  return { ...at, budget, pipeline, kept, ok, down, finish, sent: () => sent };
}

const CALL = { totalMs: 10_000 };

test('Drain -> … -> Timeout: a call passes through every layer and its answer is the engine’s', async () => {
  const at = allLayers();
  const call = { ...CALL, client: 'c', key: 'k', idempotency: { key: 'i', fingerprint: 'f' } };
  assert.deepEqual(await at.pipeline.execute(at.ok, call), { kind: 'answer', value: { status: 200 } });
  assert.equal((await at.pipeline.execute(at.ok, call)).kind, 'replayed');
  assert.equal((await at.pipeline.execute(at.ok, { ...CALL, key: 'k' })).kind, 'cached');
  assert.equal((await at.pipeline.execute(at.ok, CALL)).kind, 'answer');
  assert.equal(at.sent(), 2);
  assert.equal(at.clock.pendingTimers, 0);
  assert.match(
    at.pipeline.describe(),
    /^rate limit\(.*\) > throttle\(.*\) > concurrency\(.*\) > idempotency\(.*\) > coalesce\(.*\) > cache > fallback\(.*\) > stale\(.*\) > breaker\(/,
  );
});

test('Stale -> Breaker: an answer kept from before is served, as stale, when the engine fails and the client allows it', async () => {
  const at = allLayers();
  await at.pipeline.execute(at.ok, { ...CALL, key: 'k' });
  at.kept.clear();
  await at.clock.advance(1000);
  const stale = (await at.finish(at.pipeline.execute(at.down, { ...CALL, key: 'k', maxStaleMs: 60_000 }))).value();
  assert.ok(stale.kind === 'stale' && stale.because.reason === 'ECONNREFUSED');
  assert.deepEqual(stale.value, { status: 200 });
  const failed = (await at.finish(at.pipeline.execute(at.down, { ...CALL, key: 'k' }))).error();
  assert.ok(failed instanceof RetriesExhaustedError);
});

test('Coalesce -> Breaker: calls of the same key at the same time make one attempt', async () => {
  const at = allLayers();
  const calls = [1, 2, 3].map(() => watch(at.pipeline.execute(at.ok, { ...CALL, key: 'k' })));
  await at.clock.advance(0);
  assert.deepEqual(
    calls.map((call) => call.value().kind),
    ['answer', 'answer', 'answer'],
  );
  assert.equal(at.sent(), 1);
});

test('Coalesce -> Deadline: who joined an execution with less time starts its own when that has run out', async () => {
  const at = allLayers();
  const slow: LayeredOperation<Reply> = ({ signal }) =>
    new Promise((resolve, reject) => {
      const timer = at.clock.timer(1500, () => resolve({ status: 200 }));
      signal.addEventListener('abort', () => {
        timer.cancel();
        reject(signal.reason);
      });
    });
  const short = watch(at.pipeline.execute(slow, { key: 'k', totalMs: 1000 }));
  const long = watch(at.pipeline.execute(slow, { key: 'k', totalMs: 5000 }));
  await at.clock.advance(1000);
  assert.match(String(short.error()), /deadline of \d+ ms passed/);
  assert.equal(long.settled(), false);
  await at.clock.advance(1500);
  assert.equal(long.value().kind, 'answer');
});

test('Retry -> Bulkhead: a refusal at the first attempt is neutral; the breaker does not hear of it', async () => {
  const at = allLayers();
  const hang: LayeredOperation<Reply> = () => new Promise(() => undefined);
  for (let each = 0; each < 2; each++) watch(at.pipeline.execute(hang, CALL));
  for (let each = 0; each < 10; each++) await assert.rejects(at.pipeline.execute(at.ok, CALL), BulkheadFullError);
  assert.equal(at.pipeline.snapshot().breaker.state, 'closed');
  assert.deepEqual(new Set(at.of('breaker_call').map(({ status }) => status)), new Set(['neutral']));
  at.pipeline.stop();
  await at.clock.advance(0);
  assert.equal(at.clock.pendingTimers, 0);
});

test('Retry -> Bulkhead: a refusal after a failed attempt leaves a failed call', async () => {
  const at = allLayers();
  const failing = watch(at.pipeline.execute(at.down, CALL));
  await at.clock.advance(0);
  const hang: LayeredOperation<Reply> = () => new Promise(() => undefined);
  for (let each = 0; each < 2; each++) watch(at.pipeline.execute(hang, CALL));
  await at.clock.advance(1000);
  assert.ok(failing.error() instanceof BulkheadFullError);
  assert.equal(at.of('breaker_call')[0]?.status, 'failure');
  at.pipeline.stop();
});

test('Hedge -> Bulkhead: a late attempt gets a second one that knows it is a hedge', async () => {
  const at = allLayers();
  const seen: (boolean | undefined)[] = [];
  const operation: LayeredOperation<Reply> = ({ hedge }) => {
    seen.push(hedge);
    return hedge ? Promise.resolve({ status: 200 }) : new Promise(() => undefined);
  };
  const reply = (await at.finish(at.pipeline.execute(operation, { ...CALL, mayHedge: true }))).value();
  assert.deepEqual([reply.kind, seen], ['answer', [false, true]]);
});

test('RateLimit -> Throttle: a client above its quota is refused, another one is not', async () => {
  const at = allLayers();
  for (let each = 0; each < 20; each++) await at.pipeline.execute(at.ok, { ...CALL, client: 'c' });
  await assert.rejects(at.pipeline.execute(at.ok, { ...CALL, client: 'c' }), RateLimitedError);
  assert.equal((await at.pipeline.execute(at.ok, { ...CALL, client: 'd' })).kind, 'answer');
});

test('a drained pipeline begins nothing; a core without its layers is off', async () => {
  const at = allLayers();
  at.pipeline.drain();
  await assert.rejects(at.pipeline.execute(at.ok, CALL), DrainingError);
  const bare = buildPipeline<Reply>({ ...at, classify })
    .with(breakerLayer({ consecutiveCalls: 1 }))
    .build();
  await assert.rejects(bare.execute(at.down, CALL), RetriesExhaustedError);
  assert.equal(at.sent(), 1, 'nothing is repeated');
  await assert.rejects(bare.execute(at.down, CALL), BreakerOpenError);
  bare.stop();
});

test('a wrong order does not compile, and is refused with both layers and the right order', () => {
  const at = layerWorld();
  const start = () => buildPipeline<Reply>({ ...at, classify });
  const bulkhead = bulkheadLayer(new BulkheadPolicy(resolveBulkhead(), at));
  const wrong: readonly [() => unknown, string][] = [
    // @ts-expect-error the deadline stands outside the breaker
    [() => start().with(breakerLayer()).with(deadlineLayer()), '"deadline" cannot stand inside "breaker"'],
    // @ts-expect-error the breaker stands outside the retry
    [() => start().with(retryLayer()).with(breakerLayer()), '"breaker" cannot stand inside "retry"'],
    // @ts-expect-error the timeout is the innermost layer
    [() => start().with(timeoutLayer()).with(retryLayer()), '"retry" cannot stand inside "timeout"'],
    // @ts-expect-error the retry stands outside the bulkhead
    [() => start().with(bulkhead).with(retryLayer()), '"retry" cannot stand inside "bulkhead"'],
  ];
  for (const [build, message] of wrong) {
    const order = `, which was added before it; the order, outermost first, is ${LAYER_ORDER.join(' > ')}`;
    assert.throws(build, new RangeError(message + order));
  }
  // @ts-expect-error every layer once
  const twice = () => start().with(breakerLayer()).with(breakerLayer());
  assert.throws(twice, new RangeError('"breaker" was added twice'));
  // @ts-expect-error the layers are known
  const unknown = () => start().with({ layer: 'magic', kind: 'outer' });
  assert.throws(unknown, /"magic" is not a layer; known are drain, rate-limit/);
  const texts = cacheLayer<string>({ get: async () => undefined, set: async () => undefined });
  // @ts-expect-error answers of another type
  start().with(texts);
  start().with(deadlineLayer()).with(breakerLayer()).with(timeoutLayer()).build().stop();
});

test('Retry -> Hedge: both pay from the budget that the pipeline is given, and another one is refused', async () => {
  const at = allLayers();
  const operation: LayeredOperation<Reply> = ({ hedge }) => (hedge ? at.ok({} as never) : new Promise(() => undefined));
  await at.finish(at.pipeline.execute(operation, { ...CALL, mayHedge: true }));
  assert.equal(at.budget.tokens, 99.5);
  const own = new BudgetPolicy(resolveBudget(), at.clock);
  const build = (given: { budget?: BudgetPolicy }, hedgeBudget: BudgetPolicy) =>
    buildPipeline<Reply>({ ...at, classify, ...given })
      .with(retryLayer())
      .with(hedgeLayer(new HedgePolicy(resolveHedge(), { ...at, budget: hedgeBudget })))
      .build();
  const message = /^the hedge must have the budget that the pipeline is given/;
  assert.throws(() => build({}, own), { name: 'RangeError', message });
  assert.throws(() => build({ budget: at.budget }, own), { name: 'RangeError', message });
  build({ budget: own }, own);
  assert.throws(
    () =>
      buildPipeline<Reply>({ ...at, classify, budget: own })
        .with(retryLayer({}, { capacity: 5 }))
        .build(),
    {
      name: 'RangeError',
      message: /^retry budget must be left out where the pipeline is given one/,
    },
  );
});

test('a reload gives every layer that is named its options, leaves the others theirs, and changes nothing where one does not fit', () => {
  const at = allLayers();
  const before = at.pipeline.describe();
  at.pipeline.reload({
    'rate-limit': { limit: 7 },
    throttle: { k: 3 },
    concurrency: { max: 50 },
    stale: { mode: 'off' },
    breaker: { consecutiveCalls: 9 },
    hedge: { delay: { kind: 'fixed', ms: 200 } },
    bulkhead: { maxInFlight: 3 },
  });
  const line = at.pipeline.describe();
  for (const part of [
    '7',
    'throttle(K 3',
    '2–50',
    'stale(off)',
    'breaker(9 calls',
    'hedge(after 0.2s)',
    'bulkhead(3 +',
    'timeout(4 s)',
  ]) {
    assert.ok(line.includes(part), `${part} in ${line}`);
  }
  assert.notEqual(line, before);
  for (const wrong of [
    { throttle: { k: 4 }, concurrency: { max: 0 } },
    { throttle: { k: 4 }, breaker: { consecutiveCalls: -1 } },
    { throttle: { k: 4 }, bulkhead: { maxInFlight: -1 } },
    { throttle: { k: 4 }, hedge: { minSamples: 1 } },
  ]) {
    assert.throws(() => at.pipeline.reload(wrong), RangeError);
    assert.equal(at.pipeline.describe(), line);
  }
});

test('a reload refuses a layer that was not added, and does not switch one on', () => {
  const at = layerWorld();
  const pipeline = buildPipeline<Reply>({ ...at, classify })
    .with(retryLayer())
    .with(timeoutLayer())
    .build();
  pipeline.reload({ retry: { attempts: 2 } });
  assert.match(pipeline.describe(), /^breaker\(off\) > retry\(2,.*timeout\(120 s\) ; total\(off\)$/);
  assert.throws(() => pipeline.reload({ breaker: {} }), {
    name: 'RangeError',
    message: '"breaker" is not a layer of this pipeline; it has retry, timeout',
  });
});

test('a reload that does not name a layer leaves it as it is, hedge, bulkhead and total too', () => {
  const at = allLayers();
  at.pipeline.reload({
    deadline: { totalMs: 3000 },
    hedge: { delay: { kind: 'fixed', ms: 200 } },
    bulkhead: { maxInFlight: 3 },
    timeout: { attemptMs: 1500 },
  });
  at.pipeline.reload({ retry: { attempts: 2 } });
  const line = at.pipeline.describe();
  for (const part of ['hedge(after 0.2s)', 'bulkhead(3 +', 'timeout(1.5 s)', 'total 3 s']) assert.ok(line.includes(part), line);
  assert.throws(() => at.pipeline.reload({ cache: { size: 1 } } as object), {
    name: 'RangeError',
    message: 'cache.size is not an option; known are ',
  });
});
