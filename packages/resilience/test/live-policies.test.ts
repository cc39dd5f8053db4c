import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  BALANCE_DEFAULTS,
  BalancePolicy,
  BULKHEAD_DEFAULTS,
  BulkheadPolicy,
  COALESCE_DEFAULTS,
  CONCURRENCY_DEFAULTS,
  CoalescePolicy,
  ConcurrencyPolicy,
  FALLBACK_DEFAULTS,
  FallbackPolicy,
  HEDGE_DEFAULTS,
  HedgePolicy,
  IDEMPOTENCY_DEFAULTS,
  IdempotencyPolicy,
  type LivePolicy,
  MemoryIdempotencyStore,
  MemoryRateStore,
  type Mode,
  PipelineStoppedError,
  RATE_LIMIT_DEFAULTS,
  RateLimitPolicy,
  resolveBalance,
  resolveBulkhead,
  resolveCoalesce,
  resolveConcurrency,
  resolveFallback,
  resolveHedge,
  resolveIdempotency,
  resolveRateLimit,
  resolveStale,
  resolveThrottle,
  STALE_DEFAULTS,
  StalePolicy,
  THROTTLE_DEFAULTS,
  ThrottlePolicy,
} from '@penstock/resilience';
import { type LayerWorld, layerWorld } from './layer-world.ts';

interface Subject<Options extends { readonly mode: Mode }> {
  readonly defaults: Options;
  readonly policy: LivePolicy<Options>;
  readonly line: string;
  /** One call through it. */
  readonly use: () => Promise<unknown>;
}

const work = async () => 'answer';
const subject = <Options extends { readonly mode: Mode }>(given: Subject<Options>): Subject<{ readonly mode: Mode }> =>
  given as unknown as Subject<{ readonly mode: Mode }>;

/** By the name that the policy has. */
const SUBJECTS: Readonly<Record<string, (at: LayerWorld) => Subject<{ readonly mode: Mode }>>> = {
  bulkhead: (at) => {
    const policy = new BulkheadPolicy(resolveBulkhead(), at);
    const use = () => policy.run({ remainingMs: 1000 }, work);
    return subject({ defaults: BULKHEAD_DEFAULTS, policy, line: 'bulkhead(64 + 256 waiting)', use });
  },
  throttle: (at) => {
    const policy = new ThrottlePolicy(resolveThrottle(), at);
    const use = () => policy.run(work, () => 'accepted');
    return subject({ defaults: THROTTLE_DEFAULTS, policy, line: 'throttle(K 2, ≤80 %, above 5/s)', use });
  },
  concurrency: (at) => {
    const policy = new ConcurrencyPolicy(resolveConcurrency(), at);
    const use = () => policy.run({}, work, () => 'answered');
    return subject({ defaults: CONCURRENCY_DEFAULTS, policy, line: 'concurrency(gradient2, 2–200)', use });
  },
  hedge: (at) => {
    const policy = new HedgePolicy(resolveHedge(), { ...at, budget: { charge: () => true } });
    const use = () => policy.run({ remainingMs: 1000, mayHedge: false }, work);
    return subject({ defaults: HEDGE_DEFAULTS, policy, line: 'hedge(after p97)', use });
  },
  coalesce: (at) => {
    const policy = new CoalescePolicy(resolveCoalesce(), at);
    const use = () => policy.run('key', {}, work);
    return subject({ defaults: COALESCE_DEFAULTS, policy, line: 'coalesce(10000 keys)', use });
  },
  stale: (at) => {
    const policy = new StalePolicy<string>(resolveStale(), at);
    const use = async () => {
      if (!policy.store('key', 'answer', 6)) throw new PipelineStoppedError(at.name);
    };
    return subject({ defaults: STALE_DEFAULTS, policy, line: 'stale(64 MiB, ≤86400 s)', use });
  },
  fallback: (at) => {
    const policy = new FallbackPolicy<string>(resolveFallback(), { ...at, reply: () => undefined });
    const use = () => policy.run(work, () => ({ kind: 'success', reason: '200' }));
    return subject({ defaults: FALLBACK_DEFAULTS, policy, line: 'fallback(transient, unknown, breaker_open)', use });
  },
  balance: (at) => {
    const endpoints = [{ id: 'a' }, { id: 'b' }];
    const policy = new BalancePolicy(resolveBalance(), { ...at, endpoints, state: () => 'closed' });
    const use = async () => {
      if (policy.pick() === undefined) throw new PipelineStoppedError(at.name);
    };
    return subject({ defaults: BALANCE_DEFAULTS, policy, line: 'balance(2 endpoints, two choices)', use });
  },
  idempotency: (at) => {
    const store = new MemoryIdempotencyStore<string>(at.clock);
    const policy = new IdempotencyPolicy<string>(resolveIdempotency(), { ...at, store });
    const use = () => policy.run({ key: 'k', fingerprint: 'f', keep: () => true }, work);
    return subject({ defaults: IDEMPOTENCY_DEFAULTS, policy, line: 'idempotency(kept 86400 s)', use });
  },
  'rate-limit': (at) => {
    const policy = new RateLimitPolicy(resolveRateLimit(), { ...at, store: new MemoryRateStore(at.clock) });
    const use = () => policy.run('client', work);
    return subject({ defaults: RATE_LIMIT_DEFAULTS, policy, line: 'rate limit(600 in 60 s, 100 at once)', use });
  },
};

for (const [name, make] of Object.entries(SUBJECTS)) {
  test(`${name}: tells its name, its line and the options in force, before and after a reload`, () => {
    const { policy, line, defaults } = make(layerWorld());
    assert.deepEqual([policy.policy, policy.describe(), policy.options], [name, line, defaults]);
    policy.reload({ mode: 'shadow' });
    assert.deepEqual([policy.options.mode, policy.describe()], ['shadow', line.replace('(', '(shadow: ')]);
    policy.reload({ mode: 'off' });
    assert.deepEqual([policy.options.mode, policy.describe()], ['off', line.replace(/\(.*/, '(off)')]);
    policy.reload({});
    assert.deepEqual(policy.options, defaults);
    assert.ok(Object.isFrozen(policy.options), 'nobody changes options but a reload');
  });

  test(`${name}: once stopped it refuses every call`, async () => {
    const { policy, use } = make(layerWorld());
    await use();
    policy.stop();
    await assert.rejects(use, new PipelineStoppedError('engine'));
  });
}

test('a fixed hedge, AIMD and other numbers are told by their lines', () => {
  const at = layerWorld();
  const budget = { charge: () => true };
  const hedge = (delay: { kind: 'fixed'; ms: number } | { kind: 'percentile'; percentile: number }) =>
    new HedgePolicy(resolveHedge({ delay }), { ...at, budget }).describe();
  assert.equal(hedge({ kind: 'fixed', ms: 250 }), 'hedge(after 0.25s)');
  assert.equal(hedge({ kind: 'percentile', percentile: 0.995 }), 'hedge(after p99.5)');
  assert.equal(new ConcurrencyPolicy(resolveConcurrency({ algorithm: 'aimd' }), at).describe(), 'concurrency(aimd, 2–200)');
});
