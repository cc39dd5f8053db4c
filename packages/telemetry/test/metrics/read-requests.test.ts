import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createMetrics, readRequests } from '../../src/index.ts';

test('the requests so far can be read, by route and status, with their buckets and the longest one', async () => {
  const metrics = createMetrics({ service: 'gateway', enabled: true });
  assert.deepEqual(await readRequests(metrics), []);
  const labels = { method: 'GET', route: '/api/items/:id', status: '200' };
  for (const seconds of [0.01, 0.3]) metrics.series.http_server_request_duration_seconds.observe(labels, seconds);
  const [counts, ...others] = await readRequests(metrics);
  assert.deepEqual(others, []);
  assert.deepEqual(counts?.labels, labels);
  assert.deepEqual(counts?.buckets.at(-1), { le: Number.POSITIVE_INFINITY, count: 2 });
  assert.equal(counts.max, 0.3);
});

test('without metrics there are no requests to read', async () => {
  assert.deepEqual(await readRequests(createMetrics({ service: 'gateway', enabled: false })), []);
});
