import assert from 'node:assert/strict';
import { test } from 'node:test';
import { effectiveSampleSize } from '../../src/diagnostics/effective_sample_size.ts';
import { ksDistance } from '../../src/diagnostics/kolmogorov_smirnov.ts';
import { sum, variance } from '../../src/diagnostics/moments.ts';
import { overlap } from '../../src/diagnostics/overlap.ts';
import { fractile7, quantile7 } from '../../src/diagnostics/quantile.ts';
import { weightTails } from '../../src/diagnostics/weight_tails.ts';

test('quantiles of type 7 interpolate at (n − 1)·p', () => {
  const sorted = Float64Array.of(1, 2, 4, 8);
  assert.equal(quantile7(sorted, 0), 1);
  assert.equal(quantile7(sorted, 0.5), 3);
  assert.equal(quantile7(sorted, 1), 8);
  assert.equal(fractile7(sorted, 1, 3), 2);
  assert.equal(quantile7(Float64Array.of(5), 0.3), 5);
});

test('equal weights count every row, weights of zero none', () => {
  assert.equal(effectiveSampleSize(Float64Array.of(2, 2, 2, 0)), 3);
  assert.equal(effectiveSampleSize(Float64Array.of(0, 0)), null);
});

test('the Kolmogorov–Smirnov distance steps over ties in both samples at once', () => {
  assert.equal(ksDistance(Float64Array.of(1, 2), Float64Array.of(1, 2)), 0);
  assert.equal(ksDistance(Float64Array.of(1, 1, 2), Float64Array.of(1, 2, 2)), 1 / 3);
  assert.equal(ksDistance(Float64Array.of(1, 2), Float64Array.of(3, 4)), 1);
});

test('the top per cent is rounded up to whole rows', () => {
  const weights = Float64Array.from({ length: 150 }, (_, i) => (i < 2 ? 50 : 1));
  assert.equal(weightTails(weights)!.shareTop1Percent, 100 / 248);
  assert.equal(weightTails(new Float64Array(3)), null);
});

test('groups that do not meet have no row in common support', () => {
  const found = overlap(Float64Array.of(0.1, 0.2, 0.8, 0.9), Float64Array.of(0, 0, 1, 1));
  assert.equal(found.nCommonSupport, 0);
  assert.deepEqual(found.commonSupport, [0.8, 0.2]);
});

test('a sum of large and small numbers keeps the small ones, and a constant has no variance at all', () => {
  assert.equal(sum(Float64Array.of(1e16, 1, 1, -1e16)), 2);
  assert.equal(variance(new Float64Array(7).fill(0.1)), 0);
});
