import assert from 'node:assert/strict';
import { test } from 'node:test';
import { auc } from '../../src/propensity/auc.ts';

test('the area is one when all treated score higher, a half when nothing tells them apart', () => {
  assert.equal(auc(Float64Array.of(0.6, 0.7), Float64Array.of(0.1, 0.2)), 1);
  assert.equal(auc(Float64Array.of(0.1, 0.2), Float64Array.of(0.6, 0.7)), 0);
  assert.equal(auc(Float64Array.of(0.5, 0.5), Float64Array.of(0.5)), 0.5);
});

test('a tie counts half a win', () => {
  assert.equal(auc(Float64Array.of(0.3, 0.8), Float64Array.of(0.3, 0.4)), (0.5 + 0 + 1 + 1) / 4);
});
