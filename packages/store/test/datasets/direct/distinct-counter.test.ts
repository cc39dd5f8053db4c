import assert from 'node:assert/strict';
import { it } from 'node:test';
import { countDistinct } from '../../../src/datasets/direct/distinct-counter.ts';

it('different numbers are counted once each, missing ones not, in one go or in parts', () => {
  const values = Float64Array.from({ length: 20_000 }, (_, row) => (row % 11 === 0 ? Number.NaN : ((row * 7919) % 5003) / 8));
  const pieces = () => [values.subarray(0, 1), values.subarray(1, 777), values.subarray(777)];
  const expected = new Set(values.filter((value) => !Number.isNaN(value))).size;
  for (const rowsAtOnce of [values.length, 5000, 999]) assert.equal(countDistinct(pieces, values.length, rowsAtOnce), expected);
});

it('a column of missing values has none', () => {
  assert.equal(
    countDistinct(() => [new Float64Array(5).fill(Number.NaN)], 5),
    0,
  );
});
