import assert from 'node:assert/strict';
import { test } from 'node:test';
import { quantileStrata } from '../../src/propensity/strata.ts';
import { stratumDifferences } from '../../src/propensity/stratum_differences.ts';
import { EstimationError } from '../../src/types.ts';

test('a score on an edge belongs to the stratum below it, the lowest score to the first', () => {
  const { edges, codes } = quantileStrata(Float64Array.of(0.1, 0.2, 0.3, 0.4, 0.5), 2);
  assert.deepEqual(edges, [0.1, 0.3, 0.5]);
  assert.deepEqual([...codes], [0, 0, 0, 1, 1]);
});

test('quantiles that fall on a row are that row exactly, whatever floating point makes of n·p', () => {
  const scores = Float64Array.from({ length: 501 }, (_, i) => Math.sqrt(i + 1) / 30);
  const { edges } = quantileStrata(scores, 5);
  assert.deepEqual(
    edges,
    [0, 100, 200, 300, 400, 500].map((at) => scores[at]),
  );
});

test('quantiles that coincide make one stratum', () => {
  const { edges, codes } = quantileStrata(Float64Array.of(0.2, 0.2, 0.2, 0.2, 0.9), 5);
  assert.equal(edges.length, new Set(edges).size);
  assert.equal(codes[4]! > codes[0]!, true);
  assert.deepEqual([...quantileStrata(Float64Array.of(0.5, 0.5), 5).codes], [0, 0]);
});

test('a stratum without one of the groups is an error that names stratum, scores and counts', () => {
  const strata = quantileStrata(Float64Array.of(0.1, 0.2, 0.3, 0.4), 2);
  assert.throws(
    () => stratumDifferences(Float64Array.of(1, 2, 3, 4), Float64Array.of(0, 1, 1, 1), strata),
    (error: unknown) =>
      error instanceof EstimationError && /stratum 2 of 2 .*0\.250 to 0\.400.*2 treated and 0 control/.test(error.message),
  );
});
