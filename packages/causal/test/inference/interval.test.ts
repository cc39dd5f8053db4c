import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { infer, inferFromDraws, NORMAL } from '../../src/inference/interval.ts';
import { assertClose } from '../support/reference.ts';

describe('inference', () => {
  test('the interval is estimate ± critical value · error, normal and t', () => {
    const normal = infer(1, 0.5, NORMAL, 0.05);
    assertClose([normal.ciLower, normal.ciUpper], [1 - 0.5 * 1.9599639845400543, 1 + 0.5 * 1.9599639845400543], 'normal', 1e-12);
    const t = infer(1, 0.5, { kind: 't', df: 1 }, 0.5);
    assertClose([t.ciLower, t.ciUpper], [0.5, 1.5], 't', 1e-13);
    assertClose(t.pValue, 1 - (2 / Math.PI) * Math.atan(2), 'p', 1e-13);
  });

  test('zero inside the interval and a p-value above alpha are the same thing', () => {
    for (const estimate of [0.5, 0.97, 0.99, 2]) {
      const result = infer(estimate, 0.5, NORMAL, 0.05);
      assert.equal(result.ciLower! < 0, result.pValue! > 0.05);
    }
  });

  test('without a usable error everything is null', () => {
    for (const error of [null, Number.NaN, Number.POSITIVE_INFINITY]) {
      const { stdError, ciLower, ciUpper, pValue, statistic } = infer(1, error, NORMAL, 0.05);
      assert.deepEqual([stdError, ciLower, ciUpper, pValue, statistic], [null, null, null, null, null]);
    }
  });

  test('an error of zero gives a point and no p-value', () => {
    assert.deepEqual(infer(2, 0, NORMAL, 0.05), { stdError: 0, ciLower: 2, ciUpper: 2, pValue: null, statistic: null });
  });

  test('draws give their standard deviation and their percentiles', () => {
    const draws = Float64Array.from({ length: 101 }, (_, i) => (i * 37) % 101);
    const result = inferFromDraws(50, draws, 0.1);
    assertClose([result.ciLower, result.ciUpper], [5, 95], 'percentiles', 1e-12);
    assertClose(result.stdError, Math.sqrt((101 * 102) / 12), 'sd', 1e-12);
  });
});
