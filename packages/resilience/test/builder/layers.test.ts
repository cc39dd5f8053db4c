import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  AttemptTimeoutError,
  BreakerOpenError,
  BulkheadFullError,
  CallCancelledError,
  CoalescePolicy,
  ConcurrencyPolicy,
  cacheLayer,
  coalesceLayer,
  concurrencyLayer,
  DeadlineExceededError,
  DeadlinePolicy,
  type Delivered,
  FallbackPolicy,
  fallbackLayer,
  HedgeLostError,
  IdempotencyPolicy,
  idempotencyLayer,
  MemoryIdempotencyStore,
  MemoryRateStore,
  PipelineStoppedError,
  RateLimitPolicy,
  RetriesExhaustedError,
  rateLimitLayer,
  resolveCoalesce,
  resolveConcurrency,
  resolveDeadline,
  resolveFallback,
  resolveIdempotency,
  resolveRateLimit,
  resolveStale,
  resolveThrottle,
  type Sample,
  StalePolicy,
  staleLayer,
  ThrottlePolicy,
  throttleLayer,
  type Verdict,
} from '@penstock/resilience';
import { layerWorld } from '../layer-world.ts';
import { classify, type Reply, refused, watch } from '../world.ts';

const CALL = { totalMs: 10_000 };
const answer = (given: number | Reply): Delivered<Reply> => ({
  kind: 'answer',
  value: typeof given === 'number' ? { status: given } : given,
});
const evidence = {
  consecutiveFailures: 5,
  threshold: 5,
  consecutiveAttempts: 5,
  failureRatio: 1,
  volume: 5,
  slowRatio: 0,
  slowVolume: 0,
  epoch: 1,
  trips: 1,
  lastReason: null,
};
const exhausted = (verdict: Verdict): Error => new RetriesExhaustedError(refused(), { verdict, attempts: 3 });

/** What may come from further inside: an answer, or an error; and what it says. */
const ENDS: readonly {
  readonly end: Reply | (() => Error);
  readonly verdict: Verdict['kind'];
  readonly reason: string;
  readonly throttle: 'accepted' | 'rejected' | 'neutral';
  readonly load: 'answered' | 'dropped' | 'ignored';
}[] = [
  { end: { status: 200 }, verdict: 'success', reason: '200', throttle: 'accepted', load: 'answered' },
  { end: { status: 501 }, verdict: 'permanent', reason: '501', throttle: 'accepted', load: 'answered' },
  { end: { status: 500 }, verdict: 'unknown', reason: '500', throttle: 'accepted', load: 'ignored' },
  { end: { status: 503 }, verdict: 'transient', reason: '503', throttle: 'accepted', load: 'ignored' },
  { end: { status: 503, pushback: true }, verdict: 'transient', reason: '503', throttle: 'rejected', load: 'dropped' },
  { end: { status: 429, retryAfterMs: 9 }, verdict: 'transient', reason: '429', throttle: 'rejected', load: 'dropped' },
  { end: () => refused(), verdict: 'transient', reason: 'ECONNREFUSED', throttle: 'neutral', load: 'ignored' },
  {
    end: () => exhausted({ kind: 'transient', reason: 'timeout' }),
    verdict: 'transient',
    reason: 'timeout',
    throttle: 'neutral',
    load: 'dropped',
  },
  {
    end: () => exhausted({ kind: 'transient', reason: '429' }),
    verdict: 'transient',
    reason: '429',
    throttle: 'neutral',
    load: 'dropped',
  },
  {
    end: () => new DeadlineExceededError('server', 100, 1),
    verdict: 'transient',
    reason: 'deadline',
    throttle: 'neutral',
    load: 'dropped',
  },
  {
    end: () => new DeadlineExceededError('client', 100, 1),
    verdict: 'neutral',
    reason: 'deadline',
    throttle: 'neutral',
    load: 'ignored',
  },
  {
    end: () => new BulkheadFullError('engine', 'full', { inFlight: 1, queued: 0 }, 1),
    verdict: 'neutral',
    reason: 'bulkhead',
    throttle: 'neutral',
    load: 'ignored',
  },
  {
    end: () => new BreakerOpenError('engine', 500, evidence),
    verdict: 'neutral',
    reason: 'breaker_open',
    throttle: 'neutral',
    load: 'ignored',
  },
  {
    end: () => new AttemptTimeoutError(100),
    verdict: 'transient',
    reason: 'timeout',
    throttle: 'neutral',
    load: 'dropped',
  },
  {
    end: () => new HedgeLostError(),
    verdict: 'neutral',
    reason: 'hedge_lost',
    throttle: 'neutral',
    load: 'ignored',
  },
  { end: () => new CallCancelledError('gone'), verdict: 'neutral', reason: 'cancelled', throttle: 'neutral', load: 'ignored' },
  { end: () => new PipelineStoppedError('engine'), verdict: 'neutral', reason: 'stopped', throttle: 'neutral', load: 'ignored' },
];

const titleOf = ({ status, pushback }: Reply): string => `an answer of ${status}${pushback ? ' that pushes back' : ''}`;

const next = (end: number | Reply | Error) => async (): Promise<Delivered<Reply>> => {
  if (end instanceof Error) throw end;
  return answer(end);
};

for (const { end: given, verdict, reason, throttle, load } of ENDS) {
  const title = typeof given === 'function' ? `${given().name} (${reason}, ${verdict})` : titleOf(given);
  const made = () => (typeof given === 'function' ? given() : given);

  test(`${title} is ${throttle} to the throttle and ${load} to the concurrency limit; both hand it on`, async () => {
    const end = made();
    const at = layerWorld();
    const policy = new ThrottlePolicy(resolveThrottle(), at);
    const samples: Sample[] = [];
    const limit = {
      next: (estimate: number, sample: Sample) => {
        samples.push(sample);
        return estimate;
      },
    };
    const concurrency = new ConcurrencyPolicy(resolveConcurrency(), { ...at, limit });
    for (const layer of [throttleLayer(policy), concurrencyLayer(concurrency)]) {
      const ended = layer.run(CALL, next(end), classify);
      if (end instanceof Error) await assert.rejects(ended, end);
      else assert.deepEqual(await ended, answer(end));
    }
    const { requests, accepts } = policy.snapshot();
    assert.deepEqual([requests, accepts], { accepted: [1, 1], rejected: [1, 0], neutral: [0, 0] }[throttle]);
    assert.deepEqual(
      samples.map(({ dropped }) => dropped),
      { answered: [false], dropped: [true], ignored: [] }[load],
    );
  });

  // A client that has gone needs no reply: that reason cannot be asked for.
  if (verdict !== 'success' && reason !== 'cancelled') {
    test(`the fallback of ${title} is told a ${verdict} verdict with its reason and message`, async () => {
      const end = made();
      const at = layerWorld();
      const told: Verdict[] = [];
      const reply = ({ verdict: heard }: { verdict: Verdict }): Reply => {
        told.push(heard);
        return { status: 203 };
      };
      const options = { kinds: ['transient', 'unknown', 'permanent'] as const, neutralReasons: [reason] };
      const layer = fallbackLayer<Reply>(new FallbackPolicy(resolveFallback(options), { ...at, reply }));
      const delivered = await layer.run(CALL, next(end), classify);
      assert.ok(delivered.kind === 'fallback');
      assert.deepEqual(delivered.value, { status: 203 });
      assert.deepEqual([told[0]?.kind, told[0]?.reason], [verdict, reason]);
      if (verdict === 'neutral') assert.equal(told[0]?.message, String((end as Error).message));
      assert.equal(
        told[0]?.retryAfterMs,
        end instanceof BreakerOpenError ? 500 : 'retryAfterMs' in end ? end.retryAfterMs : undefined,
      );
    });
  }

  const staleAllowed = verdict === 'transient' || verdict === 'unknown' || reason === 'breaker_open';
  test(`after ${title} an old answer is ${staleAllowed ? 'served' : 'not served'}`, async () => {
    const end = made();
    const at = layerWorld();
    const policy = new StalePolicy<Reply>(resolveStale(), at);
    const layer = staleLayer(policy, () => 10);
    policy.store('k', { status: 200 }, 10);
    const asked = { ...CALL, key: 'k', maxStaleMs: 1000 };
    if (staleAllowed) {
      const delivered = await layer.run(asked, next(end), classify);
      assert.ok(delivered.kind === 'stale' && delivered.because.reason === reason);
    } else if (end instanceof Error) await assert.rejects(layer.run(asked, next(end), classify), end);
    else assert.deepEqual(await layer.run(asked, next(end), classify), answer(end));
    if (!(end instanceof Error)) assert.deepEqual(await layer.run({ ...CALL, key: 'k' }, next(end), classify), answer(end));
  });
}

test('stale: only the engine’s own good answers to calls with a key are kept, at the size that they have', async () => {
  const at = layerWorld();
  const policy = new StalePolicy<Reply>(resolveStale(), at);
  const layer = staleLayer(policy, ({ status }) => status);
  await layer.run({ ...CALL, key: 'a' }, next(503), classify);
  await layer.run({ ...CALL, key: 'b' }, async () => ({ kind: 'cached', value: { status: 200 }, ageMs: 0 }), classify);
  await layer.run(CALL, next(200), classify);
  await layer.run({ ...CALL, key: 'c', maxStaleMs: 1000 }, next(503), classify);
  assert.deepEqual([policy.snapshot().entries, policy.snapshot().bytes], [0, 0]);
  await layer.run({ ...CALL, key: 'd' }, next(200), classify);
  assert.deepEqual([policy.snapshot().entries, policy.snapshot().bytes], [1, 200]);
  const noKey = await layer.run({ ...CALL, maxStaleMs: 1000 }, next(503), classify);
  assert.deepEqual(noKey, answer(503));
});

test('idempotency: a failed answer and one that stands in for the engine’s are not kept', async () => {
  const at = layerWorld();
  const store = new MemoryIdempotencyStore<Delivered<Reply>>(at.clock);
  const layer = idempotencyLayer<Reply>(new IdempotencyPolicy(resolveIdempotency(), { ...at, store }));
  const call = { ...CALL, idempotency: { key: 'i', fingerprint: 'f' } };
  const fallback = { kind: 'fallback', value: { status: 200 }, because: { kind: 'transient', reason: '503' } } as const;
  assert.deepEqual(await layer.run(call, next(503), classify), answer(503));
  assert.deepEqual(await layer.run(call, async () => fallback, classify), fallback);
  assert.deepEqual(await layer.run(call, next(200), classify), answer(200));
  await at.clock.advance(500);
  assert.deepEqual(await layer.run(call, next(503), classify), { kind: 'replayed', value: { status: 200 }, ageMs: 500 });
});

test('cache: without a key it is not asked; a failed answer and one from elsewhere are not kept', async () => {
  const asked: string[] = [];
  const kept: string[] = [];
  const layer = cacheLayer<Reply>({
    get: async (key) => {
      asked.push(key);
      return key === 'old' ? { value: { status: 204 }, ageMs: 7 } : undefined;
    },
    set: async (key) => void kept.push(key),
  });
  await layer.run(CALL, next(200), classify);
  assert.deepEqual([asked, kept], [[], []]);
  await layer.run({ ...CALL, key: 'failed' }, next(503), classify);
  await layer.run({ ...CALL, key: 'stale' }, async () => ({ kind: 'cached', value: { status: 200 }, ageMs: 1 }), classify);
  await layer.run({ ...CALL, key: 'good' }, next(200), classify);
  assert.deepEqual([asked, kept], [['failed', 'stale', 'good'], ['good']]);
  const hit = await layer.run({ ...CALL, key: 'old' }, next(200), classify);
  assert.deepEqual(hit, { kind: 'cached', value: { status: 204 }, ageMs: 7 });
  layer.stop();
  assert.deepEqual([layer.layer, layer.describe()], ['cache', 'cache']);
});

test('fallback: what is no failure passes, wherever it came from', async () => {
  const at = layerWorld();
  const layer = fallbackLayer<Reply>(new FallbackPolicy(resolveFallback(), { ...at, reply: () => ({ status: 203 }) }));
  const cached = { kind: 'cached', value: { status: 200 }, ageMs: 3 } as const;
  assert.deepEqual(await layer.run(CALL, async () => cached, classify), cached);
});

test('rate limit: a call without a client has no quota to be above', async () => {
  const at = layerWorld();
  const store = new MemoryRateStore(at.clock);
  const layer = rateLimitLayer(new RateLimitPolicy(resolveRateLimit({ burst: 1 }), { ...at, store }));
  for (let each = 0; each < 3; each++) assert.deepEqual(await layer.run(CALL, next(200), classify), answer(200));
  assert.equal(store.size, 0);
});

test('coalesce: a call without a key has its own execution', async () => {
  const layer = coalesceLayer(new CoalescePolicy(resolveCoalesce(), layerWorld()));
  let executions = 0;
  const run = () =>
    layer.run(
      CALL,
      async () => {
        executions++;
        return answer(200);
      },
      classify,
    );
  await Promise.all([run(), run()]);
  assert.equal(executions, 2);
});

test('coalesce: an execution that runs out of its own time, and any other failure, is handed on to everyone', async () => {
  for (const error of [new DeadlineExceededError('server', 100, 1), refused()]) {
    const at = layerWorld();
    const layer = coalesceLayer(new CoalescePolicy(resolveCoalesce(), at));
    let executions = 0;
    const failing = async (): Promise<Delivered<Reply>> => {
      executions++;
      throw error;
    };
    const deadline = new DeadlinePolicy(resolveDeadline(), at.clock).start({ totalMs: 100 });
    await assert.rejects(layer.run({ ...CALL, key: 'k', deadline }, failing, classify), error);
    assert.equal(executions, 1);
    const first = watch(layer.run({ ...CALL, key: 'k' }, failing, classify));
    const joined = watch(layer.run({ ...CALL, key: 'k' }, failing, classify));
    await at.clock.advance(0);
    assert.deepEqual(
      [first.error(), joined.error(), executions],
      [error, error, 2],
      'who has no deadline is not the one to go on',
    );
  }
});

test('coalesce: who joined and has run out of time does not start again', async () => {
  const at = layerWorld();
  const layer = coalesceLayer(new CoalescePolicy(resolveCoalesce(), at));
  const deadline = new DeadlinePolicy(resolveDeadline(), at.clock).start({ totalMs: 10 });
  let executions = 0;
  const hang = (): Promise<Delivered<Reply>> => {
    executions++;
    return new Promise(() => undefined);
  };
  const first = watch(layer.run({ ...CALL, key: 'k' }, hang, classify));
  const joined = watch(layer.run({ ...CALL, key: 'k', deadline }, hang, classify));
  await at.clock.advance(10);
  assert.ok(joined.error() instanceof DeadlineExceededError);
  assert.deepEqual([first.settled(), executions], [false, 1]);
});
