import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { test } from 'node:test';
import {
  BALANCE_DEFAULTS,
  BREAKER_DEFAULTS,
  BUDGET_DEFAULTS,
  BULKHEAD_DEFAULTS,
  COALESCE_DEFAULTS,
  CONCURRENCY_DEFAULTS,
  DEADLINE_DEFAULTS,
  FALLBACK_DEFAULTS,
  HEDGE_DEFAULTS,
  IDEMPOTENCY_DEFAULTS,
  MODES,
  RATE_LIMIT_DEFAULTS,
  RETRY_DEFAULTS,
  resolveBalance,
  resolveBreaker,
  resolveBudget,
  resolveBulkhead,
  resolveCoalesce,
  resolveConcurrency,
  resolveDeadline,
  resolveFallback,
  resolveHedge,
  resolveIdempotency,
  resolveRateLimit,
  resolveRetry,
  resolveStale,
  resolveThrottle,
  resolveTimeout,
  STALE_DEFAULTS,
  THROTTLE_DEFAULTS,
  TIMEOUT_DEFAULTS,
} from '@penstock/resilience';

const POLICIES: Readonly<Record<string, { readonly defaults: object; readonly resolve: (given: object) => object }>> = {
  breaker: { defaults: BREAKER_DEFAULTS, resolve: resolveBreaker },
  budget: { defaults: BUDGET_DEFAULTS, resolve: resolveBudget },
  deadline: { defaults: DEADLINE_DEFAULTS, resolve: resolveDeadline },
  retry: { defaults: RETRY_DEFAULTS, resolve: resolveRetry },
  timeout: { defaults: TIMEOUT_DEFAULTS, resolve: resolveTimeout },
  balance: { defaults: BALANCE_DEFAULTS, resolve: resolveBalance },
  bulkhead: { defaults: BULKHEAD_DEFAULTS, resolve: resolveBulkhead },
  coalesce: { defaults: COALESCE_DEFAULTS, resolve: resolveCoalesce },
  concurrency: { defaults: CONCURRENCY_DEFAULTS, resolve: resolveConcurrency },
  fallback: { defaults: FALLBACK_DEFAULTS, resolve: resolveFallback },
  hedge: { defaults: HEDGE_DEFAULTS, resolve: resolveHedge },
  idempotency: { defaults: IDEMPOTENCY_DEFAULTS, resolve: resolveIdempotency },
  'rate-limit': { defaults: RATE_LIMIT_DEFAULTS, resolve: resolveRateLimit },
  stale: { defaults: STALE_DEFAULTS, resolve: resolveStale },
  throttle: { defaults: THROTTLE_DEFAULTS, resolve: resolveThrottle },
};

interface Row {
  readonly option: string;
  readonly range: string;
  readonly byDefault: string;
}

/** The rows of the first table of a policy's page. */
function documented(policy: string): Row[] {
  const page = readFileSync(new URL(`../../../docs/policies/${policy}.md`, import.meta.url), 'utf8');
  const table = page.slice(page.indexOf('| option |')).split('\n\n')[0] ?? '';
  return table
    .trim()
    .split('\n')
    .slice(2)
    .map((line) => {
      const [, option = '', , range = '', byDefault = ''] = line.split('|').map((cell) => cell.trim());
      return { option, range, byDefault };
    });
}

/** `enforce`, `transient, unknown`, `percentile 0.97`. */
const shownDefault = (value: object | string): string =>
  typeof value === 'string' ? value : Object.values(value).join(Array.isArray(value) ? ', ' : ' ');

for (const [policy, { defaults, resolve }] of Object.entries(POLICIES)) {
  test(`docs/policies/${policy}.md lists every option with the default and the range that are in force`, () => {
    const rows = documented(policy);
    const prefix = policy.replace(/-(\w)/g, (_, letter: string) => letter.toUpperCase());
    assert.deepEqual(
      rows.map((row) => row.option),
      Object.keys(defaults),
    );
    for (const { option, range, byDefault } of rows) {
      if (option === 'mode') {
        assert.deepEqual([range, byDefault], [MODES.join(', '), 'enforce']);
        assert.throws(() => resolve({ mode: 'on' }), {
          message: `${prefix}.mode must be one of enforce, shadow, off, got "on"`,
        });
        continue;
      }
      const value = Object.entries(defaults).find(([name]) => name === option)?.[1];
      if (typeof value !== 'number') {
        assert.equal(byDefault, shownDefault(value));
        assert.throws(() => resolve({ [option]: 'nonsense' }), {
          message: new RegExp(`^${prefix}\\.${option}.* must be one of `),
        });
        continue;
      }
      assert.equal(Number(byDefault), value);
      const [min, max] = range.split('–').map(Number);
      assert.throws(() => resolve({ [option]: 'nonsense' }), {
        message: new RegExp(`^${prefix}\\.${option} must be an? (number|integer) from ${min} to ${max}, got "nonsense"$`),
      });
    }
  });

  test(`src/${policy} has the files that every policy has`, () => {
    const files = readdirSync(new URL(`../src/${policy}`, import.meta.url));
    for (const file of ['defaults.ts', 'index.ts', 'options.ts', `${policy}.ts`, 'validate.ts'])
      assert.ok(files.includes(file), file);
  });
}
