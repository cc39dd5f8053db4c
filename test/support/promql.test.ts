import assert from 'node:assert/strict';
import { test } from 'node:test';
import { namesIn } from './promql.ts';

test('the names in an expression are those of series, and no label, function, keyword or duration', () => {
  const names: Readonly<Record<string, readonly string[]>> = {
    up: ['up'],
    'sum by (job) (rate(a_total{route=~"b_total|{c}",job="d"}[5m]))': ['a_total'],
    'sum (rate(a_total[$__rate_interval])) by (job)': ['a_total'],
    'histogram_quantile(0.95, sum by (le, route) (rate(a_seconds_bucket[1m])))': ['a_seconds_bucket'],
    'a / ignoring (b) group_left () (c or 0 * d)': ['a', 'c', 'd'],
    'a > bool 1e3 unless on (b) c offset 5m': ['a', 'c'],
    'time() - max(a_timestamp) > 2': ['a_timestamp'],
    'slo:errors:ratio_rate1h > (14.4 * 0.001) and Inf': ['slo:errors:ratio_rate1h'],
  };
  for (const [expression, expected] of Object.entries(names)) assert.deepEqual([...namesIn(expression)], expected, expression);
});
