import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { test } from 'node:test';
import {
  BREAKER_DEFAULTS,
  BUDGET_DEFAULTS,
  DEADLINE_DEFAULTS,
  MODES,
  RETRY_DEFAULTS,
  resolveBreaker,
  resolveBudget,
  resolveDeadline,
  resolveRetry,
  resolveTimeout,
  TIMEOUT_DEFAULTS,
} from '@penstock/resilience';

const POLICIES: Readonly<Record<string, { readonly defaults: object; readonly resolve: (given: object) => object }>> = {
  breaker: { defaults: BREAKER_DEFAULTS, resolve: resolveBreaker },
  budget: { defaults: BUDGET_DEFAULTS, resolve: resolveBudget },
  deadline: { defaults: DEADLINE_DEFAULTS, resolve: resolveDeadline },
  retry: { defaults: RETRY_DEFAULTS, resolve: resolveRetry },
  timeout: { defaults: TIMEOUT_DEFAULTS, resolve: resolveTimeout },
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

for (const [policy, { defaults, resolve }] of Object.entries(POLICIES)) {
  test(`docs/policies/${policy}.md lists every option with the default and the range that are in force`, () => {
    const rows = documented(policy);
    assert.deepEqual(
      rows.map((row) => row.option),
      Object.keys(defaults),
    );
    for (const { option, range, byDefault } of rows) {
      if (option === 'mode') {
        assert.deepEqual([range, byDefault], [MODES.join(', '), 'enforce']);
        assert.throws(() => resolve({ mode: 'on' }), {
          message: `${policy}.mode must be one of enforce, shadow, off, got "on"`,
        });
        continue;
      }
      if (option === 'jitter') {
        assert.deepEqual(RETRY_DEFAULTS.jitter, { kind: 'proportional', ratio: 0.2 });
        assert.equal(byDefault, 'proportional 0.2');
        continue;
      }
      assert.equal(Number(byDefault), Object.entries(defaults).find(([name]) => name === option)?.[1]);
      const [min, max] = range.split('–').map(Number);
      assert.throws(() => resolve({ [option]: 'nonsense' }), { message: new RegExp(` from ${min} to ${max}, got "nonsense"$`) });
    }
  });

  test(`src/${policy} has the files that every policy has`, () => {
    const files = readdirSync(new URL(`../src/${policy}`, import.meta.url));
    for (const file of ['defaults.ts', 'index.ts', 'options.ts', `${policy}.ts`, 'validate.ts'])
      assert.ok(files.includes(file), file);
  });
}
