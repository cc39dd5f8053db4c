import assert from 'node:assert/strict';
import { test } from 'node:test';
import Fastify from 'fastify';
import fastifyMetrics from 'fastify-metrics';
import { createMetrics, fastifyMetricsOptions, type Metrics, readRequests, renderJson } from '../../src/index.ts';

async function appWith(metrics: Metrics) {
  const app = Fastify();
  await app.register(fastifyMetrics.default, fastifyMetricsOptions(metrics));
  app.get('/api/items/:id', () => ({ ok: true }));
  return app;
}

test('fastify-metrics measures on the registry of the service, by route, method and status', async () => {
  const metrics = createMetrics({ service: 'gateway', enabled: true });
  const app = await appWith(metrics);
  await app.inject('/api/items/1');
  await app.inject('/api/items/2?x=1');
  await app.inject('/nowhere/at/all');
  await app.inject({ method: 'HEAD', url: '/api/items/1' });
  await app.close();

  const text = await metrics.registry.metrics();
  assert.match(text, /http_server_request_duration_seconds_count\{method="GET",route="\/api\/items\/:id",status="?200"?\} 2/);
  assert.match(text, /http_server_request_duration_seconds_count\{method="GET",route="unmatched",status="?404"?\} 1/);
  assert.match(text, /http_server_request_duration_seconds_count\{method="HEAD",route="\/api\/items\/:id",status="?200"?\} 1/);
  assert.doesNotMatch(text, /nowhere|summary|http_request_/);
  const rows = (await renderJson(metrics)).histograms.http_server_request_duration_seconds!;
  assert.equal(rows.length, 3);
  assert.ok(rows.every(({ min, max, p50 }) => min > 0 && min <= p50 && p50 <= max));
});

test('the requests so far can be read, by route and status, with their buckets and the longest one', async () => {
  const metrics = createMetrics({ service: 'gateway', enabled: true });
  const app = await appWith(metrics);
  assert.deepEqual(await readRequests(metrics), []);
  await app.inject('/api/items/1');
  await app.inject('/api/items/2');
  await app.close();
  const [counts, ...others] = await readRequests(metrics);
  assert.deepEqual(others, []);
  assert.deepEqual(counts?.labels, { method: 'GET', route: '/api/items/:id', status: '200' });
  assert.deepEqual(counts?.buckets.at(-1), { le: Number.POSITIVE_INFINITY, count: 2 });
  assert.ok(counts.max > 0 && counts.max <= counts.sum);
});

test('without metrics there are no requests to read', async () => {
  assert.deepEqual(await readRequests(createMetrics({ service: 'gateway', enabled: false })), []);
});

test('two services in one process do not share what they measure', async () => {
  const [one, two] = [createMetrics({ service: 'gateway', enabled: true }), createMetrics({ service: 'engine', enabled: true })];
  const [first, second] = [await appWith(one), await appWith(two)];
  await first.inject('/api/items/1');
  await Promise.all([first.close(), second.close()]);
  assert.match(await one.registry.metrics(), /http_server_request_duration_seconds_count\{/);
  assert.doesNotMatch(await two.registry.metrics(), /http_server_request_duration_seconds_count\{/);
});

test('a request whose duration cannot be recorded is answered all the same', async () => {
  const metrics = createMetrics({ service: 'gateway', enabled: true });
  const app = await appWith(metrics);
  const histogram = metrics.registry.getSingleMetric('http_server_request_duration_seconds') as unknown as { store: unknown };
  histogram.store = undefined;
  const reply = await app.inject('/api/items/1');
  await app.close();
  assert.equal(reply.statusCode, 200);
  assert.equal(metrics.guard.problems, 1);
});
