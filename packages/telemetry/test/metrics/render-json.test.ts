import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createMetrics, renderJson } from '../../src/index.ts';
import { bucketQuantile } from '../../src/metrics/quantile.ts';

test('a histogram is shown with its true extremes and percentiles between them', async () => {
  const metrics = createMetrics({ service: 'engine', enabled: true });
  const values = Array.from({ length: 100 }, (_, index) => (index + 1) / 1000);
  for (const value of values) metrics.series.estimator_duration_seconds.observe({ estimator: 'ols' }, value);
  metrics.series.estimator_duration_seconds.observe({ estimator: 'lin' }, 0.0123);
  const { histograms } = await renderJson(metrics);
  const [ols, lin] = histograms.estimator_duration_seconds!;
  assert.deepEqual(ols!.labels, { estimator: 'ols' });
  assert.equal(ols!.count, 100);
  assert.ok(Math.abs(ols!.sum - 5.05) < 1e-9);
  assert.ok(Math.abs(ols!.avg - 0.0505) < 1e-9);
  assert.equal(ols!.min, 0.001);
  assert.equal(ols!.max, 0.1);
  assert.ok(Math.abs(ols!.p50 - 0.05) < 0.001);
  assert.ok(Math.abs(ols!.p95 - 0.095) < 0.001);
  assert.ok(Math.abs(ols!.p99 - 0.099) < 0.001);
  for (const key of ['min', 'max', 'avg', 'p50', 'p95', 'p99'] as const) assert.equal(lin![key], 0.0123);
});

test('counters and gauges are shown with their labels, and a histogram without observations is empty', async () => {
  const metrics = createMetrics({ service: 'engine', enabled: true });
  metrics.series.semcache_hits_total.inc({ type: 'exact' }, 4);
  metrics.series.worker_active_jobs.set(2);
  const json = await renderJson(metrics);
  assert.equal(json.service, 'engine');
  assert.deepEqual(json.counters.semcache_hits_total, [{ labels: { type: 'exact' }, value: 4 }]);
  assert.deepEqual(json.gauges.worker_active_jobs, [{ labels: {}, value: 2 }]);
  assert.deepEqual(json.histograms.sign_consensus_ratio, []);
  metrics.hours.request(200, 5);
  assert.deepEqual((await renderJson(metrics)).hourly, metrics.hours.summaries());
  assert.deepEqual(JSON.parse(JSON.stringify(json)), json);
});

test('negative values and values beyond the last bucket keep their extremes', async () => {
  const metrics = createMetrics({ service: 'engine', enabled: true });
  for (const value of [-1, 500]) metrics.series.sign_consensus_ratio.observe(value);
  const [row] = (await renderJson(metrics)).histograms.sign_consensus_ratio!;
  assert.deepEqual([row!.min, row!.max, row!.count], [-1, 500, 2]);
  assert.ok(row!.p99 <= 500 && row!.p50 >= -1);
});

test('a quantile is interpolated inside its bucket', () => {
  const buckets = [
    { le: 1, count: 0 },
    { le: 2, count: 10 },
    { le: Number.POSITIVE_INFINITY, count: 10 },
  ];
  assert.equal(bucketQuantile(0.5, buckets, 1, 2), 1.5);
  assert.equal(bucketQuantile(1, buckets, 1.2, 1.8), 1.8);
});
