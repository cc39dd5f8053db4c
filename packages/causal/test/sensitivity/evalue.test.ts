import assert from 'node:assert/strict';
import { test } from 'node:test';
import { evalueRiskRatio, evalueStandardisedDifference } from '../../src/sensitivity/evalue.ts';

test('an interval that holds one needs no confounding to reach it', () => {
  assert.equal(evalueRiskRatio(1.2, [0.9, 1.6]).interval, 1);
  assert.equal(evalueRiskRatio(0.8, [0.5, 1.1]).interval, 1);
  assert.equal(evalueStandardisedDifference(0.1, 0.2).interval, 1);
});

test('no association needs no confounding', () => {
  assert.equal(evalueRiskRatio(1).point, 1);
  assert.equal(evalueStandardisedDifference(0, null).point, 1);
});

test('a protective ratio has the E-value of its inverse', () => {
  const [one, other] = [evalueRiskRatio(0.5, [0.4, 0.8]), evalueRiskRatio(2, [1.25, 2.5])];
  assert.ok(Math.abs(one.point - other.point) < 1e-14);
  assert.ok(Math.abs(one.interval! - other.interval!) < 1e-14);
});

test('without an interval or an error there is no E-value of the interval', () => {
  assert.equal(evalueRiskRatio(2).interval, null);
  assert.equal(evalueStandardisedDifference(0.4, null).interval, null);
});

test('numbers outside the domain are refused by name and value', () => {
  assert.throws(() => evalueRiskRatio(0), /RangeError: riskRatio must be positive and finite; received 0/);
  assert.throws(() => evalueRiskRatio(2, [3, 4]), /interval must be \[lower, upper\] around riskRatio 2; received \[3, 4\]/);
  assert.throws(() => evalueStandardisedDifference(Number.NaN, 1), /d must be a finite number; received NaN/);
  assert.throws(() => evalueStandardisedDifference(1, -1), /stdError must be ≥ 0 and finite; received -1/);
});
