import assert from 'node:assert/strict';
import { test } from 'node:test';
import { duration, number, percent, span, time } from '../../../src/status/page/format.ts';

test('durations have two or three digits and their unit', () => {
  assert.deepEqual([0.42, 9.94, 38.2, 999, 1240, 9990, 75_300].map(duration), [
    '0.4 ms',
    '9.9 ms',
    '38 ms',
    '999 ms',
    '1.24 s',
    '9.99 s',
    '75 s',
  ]);
});

test('spans are told in the largest units that fit, and never below zero', () => {
  assert.deepEqual([-5, 12_900, 240_000, 12_000_000, 190_800_000].map(span), ['0 s', '12 s', '4 min', '3 h 20 min', '2 d 5 h']);
});

test('shares below a tenth keep a digit behind the point', () => {
  assert.deepEqual([0, 0.004, 0.12, 1].map(percent), ['0 %', '0.4 %', '12 %', '100 %']);
});

test('numbers have thousands set apart, small fractions one digit', () => {
  assert.deepEqual([0, 0.44, 12.4, 1204].map(number), ['0', '0.4', '12', '1,204']);
});

test('times of day are UTC', () => {
  assert.equal(time(Date.UTC(2030, 0, 1, 14, 5, 9, 900)), '14:05:09');
});
