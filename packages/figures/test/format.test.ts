import assert from 'node:assert/strict';
import { test } from 'node:test';
import { compact, fixed, full, level, percent, pValue, scientific, shownInterval, significant } from '../src/format.ts';

test('full keeps every digit and reads back as the same number', () => {
  for (const value of [0.1 + 0.2, 1e-300, -1.7976931348623157e308, 5e-324]) assert.equal(Number(full(value)), value);
  assert.equal(full(-0), '0');
});

test('numbers have commas, a real minus sign and no negative zero', () => {
  assert.equal(fixed(-1234567.891, 2), '−1,234,567.89');
  assert.equal(fixed(-0.001, 2), '0.00');
  assert.equal(fixed(999, 0), '999');
});

test('very large and very small numbers are powers of ten', () => {
  assert.equal(significant(1.5e12), '1.50×10¹²');
  assert.equal(significant(-1.5e-12), '−1.50×10⁻¹²');
  assert.equal(scientific(1000, 1), '10³');
  assert.equal(significant(0.012345), '0.0123');
  assert.equal(significant(9999.6, 4), '10,000');
  assert.equal(significant(0), '0.00');
});

test('compact numbers have no zeros at the end of their decimals', () => {
  assert.deepEqual(
    [0.9, 100, 612, 0.05, 0.62254902, 0].map((value) => compact(value)),
    ['0.9', '100', '612', '0.05', '0.6225', '0'],
  );
});

test('a share is never rounded up to all or down to none', () => {
  assert.deepEqual(
    [0, 1, 0.5, 0.925, 0.99999, 0.00001].map((share) => percent(share)),
    ['0%', '100%', '50%', '92.5%', '>99.9%', '<0.1%'],
  );
});

test('a p-value below a thousandth is said to be below it', () => {
  assert.deepEqual([0.0005, 0.0449, 1].map(pValue), ['<0.001', '0.045', '1.000']);
});

test('the level of confidence is written without noise', () => {
  assert.deepEqual([0.05, 0.1, 0.001, 0.3].map(level), ['95%', '90%', '99.9%', '70%']);
});

test('estimate and interval share the digits that the width of the interval justifies', () => {
  assert.deepEqual(shownInterval(1.9021, 1.5, 2.3), { estimate: '1.90', interval: '[1.50, 2.30]' });
  assert.deepEqual(shownInterval(1794.34, 550.6, 3038.1), { estimate: '1,794', interval: '[551, 3,038]' });
  assert.deepEqual(shownInterval(2.6, -14, 19.2), { estimate: '2.6', interval: '[−14.0, 19.2]' });
  assert.deepEqual(shownInterval(1e-12, -2e-12, 4e-12), { estimate: '1.00×10⁻¹²', interval: '[−2.00×10⁻¹², 4.00×10⁻¹²]' });
  assert.deepEqual(shownInterval(5, 5, 5), { estimate: '5.000', interval: '[5.000, 5.000]' });
  assert.deepEqual(shownInterval(5, null, 7), { estimate: '5.000', interval: undefined });
});
