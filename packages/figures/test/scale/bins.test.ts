import assert from 'node:assert/strict';
import { test } from 'node:test';
import { binCount, edges, histogram } from '../../src/scale/bins.ts';

test('each value falls into one bin: lower edges belong to it, the last upper edge too', () => {
  const bins = histogram([0, 0.1, 0.25, 0.5, 0.99, 1], edges('linear', [0, 1], 4), 6);
  assert.deepEqual(
    bins.map((bin) => bin.count),
    [2, 1, 1, 2],
  );
  assert.deepEqual(
    bins.map((bin) => [bin.from, bin.to]),
    [
      [0, 0.25],
      [0.25, 0.5],
      [0.5, 0.75],
      [0.75, 1],
    ],
  );
  assert.equal(bins[0]!.share, 2 / 6);
});

test('logarithmic edges have equal ratios and exact ends', () => {
  const at = edges('log', [1e-3, 1e3], 6);
  assert.equal(at[0], 1e-3);
  assert.equal(at.at(-1), 1e3);
  for (const [index, edge] of at.slice(1).entries()) assert.ok(Math.abs(edge / at[index]! - 10) < 1e-9);
});

test('more rows get more bins, from 10 to 50', () => {
  assert.deepEqual([1, 200, 1000, 10_000, 1e6].map(binCount), [10, 20, 20, 50, 50]);
});
