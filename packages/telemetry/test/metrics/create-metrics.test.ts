import assert from 'node:assert/strict';
import { test } from 'node:test';
import { FakeClock } from '@penstock/clock';
import { CATALOGUE, createMetrics, renderText } from '../../src/index.ts';
import { MAX_LABEL_SETS } from '../../src/metrics/label-sets.ts';
import { recordingLog } from '../support/recording-log.ts';

const lines = async (metrics: Parameters<typeof renderText>[0]): Promise<string[]> =>
  (await renderText(metrics)).body.split('\n');

test('a service has the series of its catalogue and no others', async () => {
  for (const service of ['gateway', 'engine'] as const) {
    const metrics = createMetrics({ service, enabled: true });
    const names = (await lines(metrics)).flatMap((line) => /^# TYPE (\w+)/.exec(line)?.[1] ?? []);
    assert.deepEqual(names.sort(), Object.keys(CATALOGUE[service]).sort());
  }
  assert.ok(!('semcache_size' in CATALOGUE.gateway));
  assert.ok(!('circuit_breaker_state' in CATALOGUE.engine));
});

test('a series of given labels is the same as the one that is found by them, from its first use on', async () => {
  const metrics = createMetrics({ service: 'gateway', enabled: true });
  const { gateway_calls_total: calls, circuit_breaker_consecutive_failures: failures } = metrics.series;
  const { http_client_request_duration_seconds: durations } = metrics.series;
  const labels = { method: 'POST', route: '/x', status: '200' };
  const kept = {
    calls: calls.of({ outcome: 'success' }),
    failures: failures.of({ breaker_name: 'e' }),
    durations: durations.of(labels),
  };
  assert.ok(!(await lines(metrics)).some((line) => /outcome=|breaker_name="e"|route="\/x"/.test(line)));
  kept.calls.inc();
  kept.calls.inc(2);
  calls.inc({ outcome: 'success' });
  kept.failures.set(3);
  kept.durations.observe(0.03);
  durations.observe(labels, 0.03);
  const text = await lines(metrics);
  assert.ok(text.includes('gateway_calls_total{outcome="success"} 4'));
  assert.ok(text.includes('circuit_breaker_consecutive_failures{breaker_name="e"} 3'));
  assert.ok(text.includes('http_client_request_duration_seconds_count{method="POST",route="/x",status="200"} 2'));
});

test('a series of given labels takes no wrong value, and throws nothing', async () => {
  const { log, lines: logged } = recordingLog();
  const metrics = createMetrics({ service: 'gateway', enabled: true, logger: log });
  const { gateway_calls_total, circuit_breaker_consecutive_failures, http_client_request_duration_seconds } = metrics.series;
  gateway_calls_total.of({ outcome: 'success' }).inc(-1);
  circuit_breaker_consecutive_failures.of({ breaker_name: 'e' }).set('3' as unknown as number);
  http_client_request_duration_seconds.of({ method: 'POST', route: '/x', status: '200' }).observe(Number.NaN);
  assert.equal(metrics.guard.problems, 3);
  assert.equal(logged().length, 3);
  assert.ok(!(await lines(metrics)).some((line) => /outcome=|breaker_name=|route="\/x"/.test(line)));
});

test('a series of given labels for which there is no room counts as other, which is told of each update', async () => {
  const metrics = createMetrics({ service: 'gateway', enabled: true });
  const { gateway_calls_total: calls } = metrics.series;
  for (let index = 0; index < MAX_LABEL_SETS; index++) calls.inc({ outcome: `o${index}` });
  const one = calls.of({ outcome: 'one too many' });
  one.inc();
  one.inc();
  assert.equal(metrics.guard.problems, 2);
  assert.ok((await lines(metrics)).includes('gateway_calls_total{outcome="other"} 2'));
});

test('counters, gauges and histograms hold what they are told', async () => {
  const metrics = createMetrics({ service: 'gateway', enabled: true });
  const { series } = metrics;
  series.gateway_calls_total.inc({ outcome: 'success' });
  series.gateway_calls_total.inc({ outcome: 'success' }, 2);
  series.deadline_exceeded_total.inc();
  series.inflight_requests.inc();
  series.inflight_requests.inc();
  series.inflight_requests.dec();
  series.circuit_breaker_state.set({ breaker_name: 'engine' }, 2);
  series.http_client_request_duration_seconds.observe({ method: 'POST', route: '/x', status: '200' }, 0.03);
  const text = await lines(metrics);
  assert.ok(text.includes('gateway_calls_total{outcome="success"} 3'));
  assert.ok(text.includes('deadline_exceeded_total 1'));
  assert.ok(text.includes('inflight_requests 1'));
  assert.ok(text.includes('circuit_breaker_state{breaker_name="engine"} 2'));
  assert.ok(text.includes('http_client_request_duration_seconds_bucket{le="0.05",method="POST",route="/x",status="200"} 1'));
  assert.ok(text.includes('http_client_request_duration_seconds_bucket{le="0.025",method="POST",route="/x",status="200"} 0'));
});

test('a gauge can be read when the metrics are asked for', async () => {
  const metrics = createMetrics({ service: 'gateway', enabled: true });
  let tokens = 7;
  metrics.series.retry_budget_tokens.readWith(() => tokens);
  metrics.series.connection_pool_active.readWith(() => [[{ client_name: 'engine', pool_type: 'http' }, 3]]);
  assert.ok((await lines(metrics)).includes('retry_budget_tokens 7'));
  tokens = 8;
  const text = await lines(metrics);
  assert.ok(text.includes('retry_budget_tokens 8'));
  assert.ok(text.includes('connection_pool_active{client_name="engine",pool_type="http"} 3'));
});

test('a metric that throws is counted, logged, and never reaches the caller', async () => {
  const { log, lines: logged } = recordingLog();
  const metrics = createMetrics({ service: 'engine', enabled: true, logger: log });
  metrics.series.worker_task_wait_seconds.observe(Number.NaN);
  metrics.series.worker_task_wait_seconds.observe(Number.NaN);
  metrics.series.semcache_size.readWith(() => {
    throw new Error('no size');
  });
  const text = await lines(metrics);
  assert.equal(metrics.guard.problems, 3);
  assert.equal(logged().filter((line) => line.includes('worker_task_wait_seconds')).length, 1);
  assert.equal(logged().filter((line) => line.includes('semcache_size')).length, 1);
  assert.ok(text.some((line) => line.startsWith('telemetry_problems_total{problem="metric_failed"}')));
});

test('what a metric throws is logged once a minute, with how often it was left unsaid', async () => {
  const { log, lines: logged } = recordingLog();
  const clock = new FakeClock();
  const metrics = createMetrics({ service: 'engine', enabled: true, logger: log, clock });
  for (let second = 0; second < 150; second++) {
    metrics.series.worker_task_wait_seconds.observe(Number.NaN);
    await clock.advance(1000);
  }
  assert.equal(logged().length, 3);
  assert.match(logged()[0]!, /^warn Metric worker_task_wait_seconds: could not be updated \(counted as metric_failed\)$/);
  assert.match(logged()[1]!, /\(counted as metric_failed, 59 more since the last such line\)$/);
  assert.equal(metrics.guard.problems, 150);
});

test('a counter of problems that itself is broken changes nothing for the caller, and the log says so', async () => {
  const { log, lines: logged } = recordingLog();
  const metrics = createMetrics({ service: 'engine', enabled: true, logger: log });
  const broken = metrics.registry.getSingleMetric('telemetry_problems_total') as unknown as { sets: unknown };
  broken.sets = undefined;
  metrics.series.worker_task_wait_seconds.observe(Number.NaN);
  assert.match(logged()[0]!, /metric_failed, not counted/);
});

test('labels that grow without end are counted under other, so that sums stay true', async () => {
  const { log, lines: logged } = recordingLog();
  const metrics = createMetrics({ service: 'gateway', enabled: true, logger: log });
  for (let index = 0; index < MAX_LABEL_SETS + 5; index++) metrics.series.reject_total.inc({ reason: `r${index}` });
  metrics.series.reject_total.inc({ reason: 'r0' });
  const text = await lines(metrics);
  const rows = text.filter((line) => line.startsWith('reject_total{'));
  assert.equal(rows.length, MAX_LABEL_SETS + 1);
  assert.ok(rows.includes('reject_total{reason="other"} 5'));
  assert.ok(rows.includes('reject_total{reason="r0"} 2'));
  assert.equal(logged().length, 1);
});

test('switched off, instruments do nothing and the registry is empty', async () => {
  const metrics = createMetrics({ service: 'engine', enabled: false });
  metrics.series.estimator_outcomes_total.inc({ estimator: 'ols', result: 'ok' });
  metrics.series.semcache_size.readWith(() => assert.fail('read while off'));
  metrics.series.sign_consensus_ratio.observe(1);
  assert.equal((await renderText(metrics)).body.trim(), '');
});
