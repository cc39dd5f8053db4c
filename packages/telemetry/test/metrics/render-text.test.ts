import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Span, TraceFlags, trace } from '@opentelemetry/api';
import { CATALOGUE, createMetrics, OFF_SPAN, renderJson, renderText } from '../../src/index.ts';
import { recordingLog } from '../support/recording-log.ts';

const OPEN_METRICS = 'application/openmetrics-text; version=1.0.0';
const TRACE_ID = '0af7651916cd43dd8448eb211c80319c';

const span = (traceFlags: number): Span => trace.wrapSpanContext({ traceId: TRACE_ID, spanId: 'b7ad6b7169203331', traceFlags });

test('OpenMetrics names families without _total, their samples with it, and ends with EOF', async () => {
  const metrics = createMetrics({ service: 'gateway', enabled: true });
  metrics.series.gateway_calls_total.inc({ outcome: 'success' });
  const { contentType, body } = await renderText(metrics, OPEN_METRICS);
  assert.equal(contentType, 'application/openmetrics-text; version=1.0.0; charset=utf-8');
  const lines = body.split('\n');
  assert.ok(lines.includes('# TYPE gateway_calls counter'));
  assert.ok(lines.includes('gateway_calls_total{outcome="success"} 1'));
  assert.deepEqual(lines.slice(-2), ['# EOF', '']);
});

test('after OpenMetrics was asked for, the Prometheus text is as it was before', async () => {
  const metrics = createMetrics({ service: 'gateway', enabled: true });
  const before = await renderText(metrics);
  await renderText(metrics, OPEN_METRICS);
  assert.deepEqual(await renderText(metrics), before);
  assert.match(before.contentType, /^text\/plain; version=0\.0\.4/);
  assert.match(before.body, /^# TYPE gateway_calls_total counter$/m);
});

test('both formats have the same samples', async () => {
  const metrics = createMetrics({ service: 'engine', enabled: true });
  metrics.series.estimator_duration_seconds.observe({ estimator: 'ols' }, 0.2, span(TraceFlags.SAMPLED));
  metrics.series.semcache_hits_total.inc({ type: 'exact' }, 3);
  const samples = ({ body }: { body: string }): string[] =>
    body
      .split('\n')
      .filter((line) => line !== '' && !line.startsWith('#'))
      .map((line) => line.replace(/ # \{.*/, ''));
  assert.deepEqual(samples(await renderText(metrics, OPEN_METRICS)), samples(await renderText(metrics)));
});

test('a value of a kept trace leads to it, in OpenMetrics and nowhere else', async () => {
  const metrics = createMetrics({ service: 'engine', enabled: true });
  metrics.series.worker_task_wait_seconds.observe(0.02, span(TraceFlags.SAMPLED));
  metrics.series.worker_task_wait_seconds.observe(300, span(TraceFlags.SAMPLED));
  const { body } = await renderText(metrics, OPEN_METRICS);
  const exemplars = [...body.matchAll(/^(\S+) \d+ # \{trace_id="(\w+)"\} (\S+) \d+(\.\d+)?$/gm)].map((match) =>
    match.slice(1, 4),
  );
  assert.deepEqual(exemplars, [
    ['worker_task_wait_seconds_bucket{le="0.025"}', TRACE_ID, '0.02'],
    ['worker_task_wait_seconds_bucket{le="+Inf"}', TRACE_ID, '300'],
  ]);
  assert.doesNotMatch((await renderText(metrics)).body, /trace_id/);
});

test('a trace that nobody keeps is no exemplar, and neither is one of tracing that is off', async () => {
  const metrics = createMetrics({ service: 'engine', enabled: true });
  for (const each of [span(TraceFlags.NONE), OFF_SPAN, undefined])
    metrics.series.worker_task_wait_seconds.observe(0.02, ...(each === undefined ? [] : [each]));
  const { body } = await renderText(metrics, OPEN_METRICS);
  assert.match(body, /^worker_task_wait_seconds_count 3$/m);
  assert.doesNotMatch(body, /trace_id/);
});

test('a series that cannot be read is left out, counted and told; all others are shown', async () => {
  const { log, lines } = recordingLog();
  const metrics = createMetrics({ service: 'gateway', enabled: true, logger: log });
  const broken = metrics.registry.getSingleMetric('gateway_calls_total') as unknown as { sets: unknown };
  broken.sets = undefined;
  for (const accept of ['', OPEN_METRICS]) {
    const { body } = await renderText(metrics, accept);
    assert.doesNotMatch(body, /gateway_calls/);
    assert.match(body, /^drain_state 0$/m);
  }
  const { counters } = await renderJson(metrics);
  assert.ok(!('gateway_calls_total' in counters));
  assert.equal(metrics.guard.problems, 3);
  assert.equal(lines().length, 1);
  assert.match(lines()[0]!, /gateway_calls_total: could not be read/);
});

test('no help text has a character that OpenMetrics would have escaped', () => {
  for (const series of [...Object.values(CATALOGUE.gateway), ...Object.values(CATALOGUE.engine)])
    assert.doesNotMatch(series.help, /["\\\n]/);
});
