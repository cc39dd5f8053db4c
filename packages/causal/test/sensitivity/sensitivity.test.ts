import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { EstimatorOk, EstimatorResult } from '@penstock/contracts';
import { evalueRiskRatio, evalueStandardisedDifference } from '../../src/sensitivity/evalue.ts';
import { sensitivity } from '../../src/sensitivity/sensitivity.ts';
import { binaryInput } from '../support/input.ts';

const input = binaryInput({ y: [1, 2, 3, 4, 5], treatment: [0, 1, 0, 1, 0] });

function ok(name: string, estimate: number, more: Partial<EstimatorOk> = {}): EstimatorResult {
  const nothing = { ci_lower: null, ci_upper: null, p_value: null, n: 5, details: {}, warnings: [] };
  return { name, title: name, status: 'ok', estimand: 'ATE', estimate, std_error: 0.5, ...nothing, ...more };
}

const skipped: EstimatorResult = { name: 'aipw', title: 'aipw', status: 'skipped', reason: 'no covariates' };

test('the doubly robust estimate is preferred, and divided by the standard deviation of the outcome', () => {
  const found = sensitivity(input, [ok('ols', 9), ok('aipw', 1)]).e_value as Record<string, unknown>;
  const sd = Math.sqrt(2.5);
  const expected = evalueStandardisedDifference(1 / sd, 0.5 / sd);
  assert.equal(found.estimator, 'aipw');
  assert.equal(found.e_value, expected.point);
  assert.equal(found.e_value_ci, expected.interval);
  assert.match(found.approximation as string, /exp\(0\.91·d\)/);
});

test('regression stands in where the doubly robust estimate was skipped, by its own name', () => {
  assert.equal((sensitivity(input, [skipped, ok('ols', 1)]).e_value as Record<string, unknown>).estimator, 'ols');
});

test('a 0/1 outcome uses the risk ratio itself', () => {
  const binary = binaryInput({ y: [0, 1, 0, 1, 1], treatment: [0, 1, 0, 1, 0] });
  const result = ok('aipw', 0.3, { details: { risk_ratio: 2, log_risk_ratio_std_error: 0.1 } });
  const found = sensitivity(binary, [result]).e_value as Record<string, unknown>;
  assert.equal(found.e_value, evalueRiskRatio(2).point);
  assert.equal(found.approximation, null);
  const fromOls = sensitivity(binary, [ok('ols', 0.3)]).e_value as Record<string, unknown>;
  assert.match(fromOls.warning as string, /crude/);
});

test('what cannot be had is null with the reason', () => {
  const reason = (value: Record<string, unknown>) => {
    assert.equal(value.e_value, null);
    return value.e_value_reason as string;
  };
  assert.match(reason(sensitivity(input, [skipped])), /neither aipw nor ols ran/);
  assert.match(
    reason(sensitivity({ ...input, y: { name: 'y', values: new Float64Array(5) } }, [ok('ols', 0)])),
    /'y' is constant/,
  );
  const dose = { kind: 'continuous', name: 'dose', values: input.y.values } as const;
  assert.match(reason(sensitivity({ ...input, treatment: dose }, [ok('ols', 1)])), /'dose' is not binary/);
  assert.match(reason(sensitivity(input, [ok('ols', 1e6)])), /no approximation holds/);
});
