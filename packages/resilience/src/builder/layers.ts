import type { BreakerOptions } from '../breaker/index.ts';
import type { BudgetOptions } from '../budget/index.ts';
import type { BulkheadPolicy } from '../bulkhead/index.ts';
import { type CoalescePolicy, resolveCoalesce } from '../coalesce/index.ts';
import { type ConcurrencyPolicy, resolveConcurrency } from '../concurrency/index.ts';
import type { DeadlineOptions } from '../deadline/index.ts';
import { DeadlineExceededError } from '../errors.ts';
import { type FallbackPolicy, resolveFallback } from '../fallback/index.ts';
import type { HedgePolicy } from '../hedge/index.ts';
import { type IdempotencyPolicy, resolveIdempotency } from '../idempotency/index.ts';
import { judgeEnd } from '../judge-end.ts';
import type { Classify, Settled, Verdict } from '../policy.ts';
import { type RateLimitPolicy, resolveRateLimit } from '../rate-limit/index.ts';
import type { RetryOptions } from '../retry/index.ts';
import { loadSign, willingness } from '../signs.ts';
import { resolveStale, type StalePolicy } from '../stale/index.ts';
import { resolveThrottle, type ThrottlePolicy } from '../throttle/index.ts';
import type { TimeoutOptions } from '../timeout/index.ts';
import { checkNames } from '../validate.ts';
import type { PassingCall } from './call.ts';
import type { Delivered } from './delivered.ts';
import { DrainGate } from './drain-gate.ts';
import type { CoreLayer, EveryLayer, OuterLayer } from './layer.ts';

type Core<N> = Extract<CoreLayer, { layer: N }>;

/** Refuses new calls once the pipeline drains. */
export const drainLayer = (name: string): Core<'drain'> => ({ layer: 'drain', kind: 'drain', gate: new DrainGate(name) });

/** Bounds each `client`. */
export const rateLimitLayer = (policy: RateLimitPolicy): EveryLayer<'rate-limit'> => ({
  ...common('rate-limit', policy, resolveRateLimit),
  run: (call, next) => (call.client === undefined ? next(call) : policy.run(call.client, () => next(call))),
});

export const throttleLayer = (policy: ThrottlePolicy): EveryLayer<'throttle'> => ({
  ...common('throttle', policy, resolveThrottle),
  run: (call, next, classify) =>
    policy.run(
      () => next(call),
      (settled) => willingness(settled, judged(settled, classify)),
    ),
});

export const concurrencyLayer = (policy: ConcurrencyPolicy): EveryLayer<'concurrency'> => ({
  ...common('concurrency', policy, resolveConcurrency),
  run: (call, next, classify) =>
    policy.run(
      call,
      () => next(call),
      (settled) => loadSign(judged(settled, classify)),
    ),
});

/** The total of the call, from here on. */
export const deadlineLayer = (options: Partial<DeadlineOptions> = {}): Core<'deadline'> => ({
  layer: 'deadline',
  kind: 'deadline',
  options,
});

/** Keeps the engine's own successful answers only. */
export const idempotencyLayer = <R>(policy: IdempotencyPolicy<Delivered<R>>): OuterLayer<'idempotency', R> => ({
  ...common('idempotency', policy, resolveIdempotency),
  async run(call, next, classify) {
    if (call.idempotency === undefined) return next(call);
    const keep = (reply: Delivered<R>): boolean =>
      reply.kind === 'answer' && classify({ result: reply.value }).kind === 'success';
    const reply = await policy.run({ ...call.idempotency, keep }, () => next(call));
    if (reply.kind === 'executed') return reply.response;
    return { kind: 'replayed', value: reply.response.value, ageMs: reply.ageMs };
  },
});

/** Shares executions among calls of the same `key`. */
export const coalesceLayer = (policy: CoalescePolicy): EveryLayer<'coalesce'> => ({
  ...common('coalesce', policy, resolveCoalesce),
  async run(call, next) {
    const { key } = call;
    if (key === undefined) return next(call);
    for (;;) {
      let own = false;
      try {
        return await policy.run(key, call, (signal) => {
          own = true;
          return next({ ...call, signal });
        });
      } catch (error) {
        // The caller that started the execution had less time than this one.
        if (own || !(error instanceof DeadlineExceededError) || (call.deadline?.remaining() ?? 0) <= 0) throw error;
      }
    }
  },
});

/** Where results are kept between calls. What it rejects with, the call rejects with. */
export interface ResultCache<R> {
  get(key: string): Promise<{ readonly value: R; readonly ageMs: number } | undefined>;
  set(key: string, value: R): Promise<void>;
}

export const cacheLayer = <R>(cache: ResultCache<R>): OuterLayer<'cache', R> => ({
  layer: 'cache',
  kind: 'outer',
  describe: () => 'cache',
  resolve: (given) => checkNames('cache', given, {}),
  reload: nothingToEnd,
  stop: nothingToEnd,
  async run(call, next, classify) {
    if (call.key === undefined) return next(call);
    const hit = await cache.get(call.key);
    if (hit !== undefined) return { kind: 'cached', ...hit };
    const reply = await next(call);
    if (reply.kind === 'answer' && classify({ result: reply.value }).kind === 'success') await cache.set(call.key, reply.value);
    return reply;
  },
});

export const fallbackLayer = <R>(policy: FallbackPolicy<R>): OuterLayer<'fallback', R> => ({
  ...common('fallback', policy, resolveFallback),
  async run(call, next, classify) {
    const reply = await policy.run(
      () => next(call),
      (settled) => judged(settled, classify),
      call,
    );
    return reply.kind === 'answer' ? reply.value : reply;
  },
});

/** @param bytesOf what an answer takes, bytes */
export const staleLayer = <R>(policy: StalePolicy<R>, bytesOf: (value: R) => number): OuterLayer<'stale', R> => ({
  ...common('stale', policy, resolveStale),
  async run(call, next, classify) {
    let settled: Settled<Delivered<R>>;
    try {
      settled = { result: await next(call) };
    } catch (error) {
      settled = { error };
    }
    const verdict = judged(settled, classify);
    const fresh = 'result' in settled && settled.result.kind === 'answer' ? settled.result : undefined;
    if (call.key !== undefined && fresh !== undefined && verdict.kind === 'success') {
      policy.store(call.key, fresh.value, bytesOf(fresh.value));
    }
    const old = staleFor(policy, call, verdict);
    if (old !== undefined) return { kind: 'stale', ...old, because: verdict };
    if ('error' in settled) throw settled.error;
    return settled.result;
  },
});

export const breakerLayer = (options: Partial<BreakerOptions> = {}): Core<'breaker'> => ({
  layer: 'breaker',
  kind: 'breaker',
  options,
});

/** Repeats attempts, within a budget of its own unless the pipeline is given one. */
export const retryLayer = (options: Partial<RetryOptions> = {}, budget?: Partial<BudgetOptions>): Core<'retry'> => ({
  layer: 'retry',
  kind: 'retry',
  options,
  budget,
});

/** Beside a retry, the policy's budget has to be the pipeline's: hedges are further attempts. */
export const hedgeLayer = (policy: HedgePolicy): Core<'hedge'> => ({ layer: 'hedge', kind: 'hedge', policy });

export const bulkheadLayer = (policy: BulkheadPolicy): Core<'bulkhead'> => ({ layer: 'bulkhead', kind: 'bulkhead', policy });

export const timeoutLayer = (options: Partial<TimeoutOptions> = {}): Core<'timeout'> => ({
  layer: 'timeout',
  kind: 'timeout',
  options,
});

interface Reloadable {
  describe(): string;
  stop(): void;
  reload(given: object): void;
}

function common<N>(layer: N, policy: Reloadable, resolve: (given: object) => unknown) {
  return {
    layer,
    kind: 'outer',
    describe: () => policy.describe(),
    stop: () => policy.stop(),
    resolve: (given: object) => void resolve(given),
    reload: (given: object) => policy.reload(given),
  } as const;
}

function judged<R>(settled: Settled<Delivered<R>>, classify: Classify): Verdict {
  return judgeEnd('result' in settled ? { result: settled.result.value } : settled, classify);
}

function staleFor<R>(policy: StalePolicy<R>, { key, maxStaleMs }: PassingCall, { kind, reason }: Verdict) {
  const failed = kind === 'transient' || kind === 'unknown' || reason === 'breaker_open';
  return failed && key !== undefined && maxStaleMs !== undefined ? policy.find(key, maxStaleMs) : undefined;
}

function nothingToEnd(): void {
  // The cache belongs to the caller.
}
