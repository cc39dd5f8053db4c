import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  BalancePolicy,
  BudgetPolicy,
  BulkheadPolicy,
  CoalescePolicy,
  ConcurrencyPolicy,
  FallbackPolicy,
  HedgePolicy,
  IdempotencyPolicy,
  type LivePolicy,
  MemoryIdempotencyStore,
  MemoryRateStore,
  type Mode,
  PipelineStoppedError,
  RateLimitPolicy,
  resolveBalance,
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
  StalePolicy,
  ThrottlePolicy,
} from '@penstock/resilience';
import { layerWorld } from './layer-world.ts';

interface Subject<Options extends { readonly mode: Mode }> {
  readonly name: string;
  readonly defaults: Options;
  readonly policy: LivePolicy<Options>;
  readonly line: string;
  /** One call through it. */
  readonly use?: () => Promise<unknown>;
}

const at = layerWorld();
const work = async () => 'answer';
const subject = <Options extends { readonly mode: Mode }>(given: Subject<Options>): Subject<{ readonly mode: Mode }> =>
  given as unknown as Subject<{ readonly mode: Mode }>;

function subjects(): Subject<{ readonly mode: Mode }>[] {
  const bulkhead = new BulkheadPolicy(resolveBulkhead(), at);
  const throttle = new ThrottlePolicy(resolveThrottle(), at);
  const concurrency = new ConcurrencyPolicy(resolveConcurrency(), at);
  const hedge = new HedgePolicy(resolveHedge(), { ...at, budget: new BudgetPolicy(resolveBudget(), at.clock) });
  const coalesce = new CoalescePolicy(resolveCoalesce(), at);
  const stale = new StalePolicy<string>(resolveStale(), at);
  const fallback = new FallbackPolicy<string>(resolveFallback(), { ...at, reply: () => undefined });
  const endpoints = [{ id: 'a' }, { id: 'b' }];
  const balance = new BalancePolicy(resolveBalance(), { ...at, endpoints, state: () => 'closed' });
  const store = new MemoryIdempotencyStore<string>(at.clock);
  const idempotency = new IdempotencyPolicy<string>(resolveIdempotency(), { ...at, store });
  const rateLimit = new RateLimitPolicy(resolveRateLimit(), { ...at, store: new MemoryRateStore(at.clock) });
  return [
    subject({
      name: 'bulkhead',
      defaults: resolveBulkhead(),
      policy: bulkhead,
      line: 'bulkhead(64 + 256 waiting)',
      use: () => bulkhead.run({ remainingMs: 1000 }, work),
    }),
    subject({
      name: 'throttle',
      defaults: resolveThrottle(),
      policy: throttle,
      line: 'throttle(K 2, ≤80 %, above 5/s)',
      use: () => throttle.run(work, () => 'accepted'),
    }),
    subject({
      name: 'concurrency',
      defaults: resolveConcurrency(),
      policy: concurrency,
      line: 'concurrency(gradient2, 2–200)',
      use: () => concurrency.run({}, work, () => 'answered'),
    }),
    subject({
      name: 'hedge',
      defaults: resolveHedge(),
      policy: hedge,
      line: 'hedge(after p97)',
      use: () => hedge.run({ remainingMs: 1000, mayHedge: false }, work),
    }),
    subject({
      name: 'coalesce',
      defaults: resolveCoalesce(),
      policy: coalesce,
      line: 'coalesce(10000 keys)',
      use: () => coalesce.run('key', {}, work),
    }),
    subject({ name: 'stale', defaults: resolveStale(), policy: stale, line: 'stale(64 MiB, ≤86400 s)' }),
    subject({
      name: 'fallback',
      defaults: resolveFallback(),
      policy: fallback,
      line: 'fallback(transient, unknown, breaker_open)',
      use: () => fallback.run(work, () => ({ kind: 'success', reason: '200' })),
    }),
    subject({ name: 'balance', defaults: resolveBalance(), policy: balance, line: 'balance(2 endpoints, two choices)' }),
    subject({
      name: 'idempotency',
      defaults: resolveIdempotency(),
      policy: idempotency,
      line: 'idempotency(kept 86400 s)',
      use: () => idempotency.run({ key: 'k', fingerprint: 'f', keep: () => true }, work),
    }),
    subject({
      name: 'rate-limit',
      defaults: resolveRateLimit(),
      policy: rateLimit,
      line: 'rate limit(600 in 60 s, 100 at once)',
      use: () => rateLimit.run('client', work),
    }),
  ];
}

for (const { name, defaults, policy, line, use } of subjects()) {
  test(`${name}: tells its name, its line and the options in force, before and after a reload`, () => {
    assert.deepEqual([policy.policy, policy.describe(), policy.options], [name, line, defaults]);
    policy.reload({ mode: 'shadow' });
    assert.deepEqual([policy.options.mode, policy.describe()], ['shadow', line.replace('(', '(shadow: ')]);
    policy.reload({ mode: 'off' });
    assert.deepEqual([policy.options.mode, policy.describe()], ['off', line.replace(/\(.*/, '(off)')]);
    policy.reload({});
    assert.deepEqual(policy.options, defaults);
    assert.ok(Object.isFrozen(policy.options), 'nobody changes options but a reload');
  });

  if (use !== undefined) {
    test(`${name}: once stopped it refuses every call`, async () => {
      await use();
      policy.stop();
      await assert.rejects(use, new PipelineStoppedError('engine'));
    });
  }
}

test('a fixed hedge, AIMD and other numbers are told by their lines', () => {
  const budget = new BudgetPolicy(resolveBudget(), at.clock);
  const hedge = (delay: { kind: 'fixed'; ms: number } | { kind: 'percentile'; percentile: number }) =>
    new HedgePolicy(resolveHedge({ delay }), { ...at, budget }).describe();
  assert.equal(hedge({ kind: 'fixed', ms: 250 }), 'hedge(after 0.25s)');
  assert.equal(hedge({ kind: 'percentile', percentile: 0.995 }), 'hedge(after p99.5)');
  assert.equal(new ConcurrencyPolicy(resolveConcurrency({ algorithm: 'aimd' }), at).describe(), 'concurrency(aimd, 2–200)');
});
