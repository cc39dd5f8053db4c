import assert from 'node:assert/strict';
import { once } from 'node:events';
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import { test } from 'node:test';
import { startOtlpCollector } from '../../../../test/support/otlp-collector.ts';
import {
  createMetrics,
  endSpan,
  injectHeaders,
  OFF_SPAN,
  recordSpan,
  renderText,
  startClientSpan,
  startServerSpan,
  startTracing,
  traceIdOf,
} from '../../src/index.ts';
import { recordingLog } from '../support/recording-log.ts';

test('without an exporter tracing is off: no span objects, no ids, no headers', async () => {
  const { log } = recordingLog();
  const tracing = startTracing({ service: 'gateway', version: '1', env: {}, logger: log });
  assert.equal(tracing.enabled, false);
  const headers = { traceparent: '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01' };
  const span = startServerSpan(tracing, { method: 'GET', route: '/', headers });
  const call = startClientSpan(tracing, { parent: span, method: 'GET', origin: new URL('http://a'), path: '/', attempt: 1 });
  assert.equal(span, OFF_SPAN);
  assert.equal(call, OFF_SPAN);
  recordSpan(tracing, span, { name: 'figures', startMs: 0, endMs: 1 });
  endSpan(span, { status: 500 });
  assert.equal(traceIdOf(span), undefined);
  assert.deepEqual(injectHeaders(call), {});
  assert.match(tracing.describe(), /^tracing off/);
  await tracing.shutdown(1);
});

test('an agent address with port 6831 is moved to 6832, and that is said', async () => {
  const { log, lines } = recordingLog();
  const tracing = startTracing({ service: 'gateway', version: '1', env: { JAEGER_ENDPOINT: '127.0.0.1:6831' }, logger: log });
  assert.match(lines()[0]!, /JAEGER_ENDPOINT: port 6831 takes compact thrift; spans go to 6832/);
  assert.equal(tracing.describe(), 'tracing to Jaeger agent udp://127.0.0.1:6832, 100 % of the traces started here');
  await tracing.shutdown(100);
});

test('a configured header reaches the OTLP endpoint with every batch', async () => {
  const seen: { url: string | undefined; authorization: string | undefined; body: string }[] = [];
  const server = http.createServer(async (request, response) => {
    let body = '';
    for await (const chunk of request) body += chunk;
    seen.push({ url: request.url, authorization: request.headers.authorization, body });
    response.writeHead(200, { 'content-type': 'application/json' }).end('{}');
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { log, lines } = recordingLog();
  const env = {
    OTEL_EXPORTER_OTLP_ENDPOINT: `http://127.0.0.1:${(server.address() as AddressInfo).port}/api/public/otel`,
    OTEL_EXPORTER_OTLP_HEADERS: 'Authorization=Basic%20cGs6c2s=',
  };
  const tracing = startTracing({ service: 'engine', version: '9', env, logger: log });
  endSpan(startServerSpan(tracing, { method: 'GET', route: '/r', headers: {} }), { status: 200 });
  await tracing.shutdown(3000);
  await new Promise((resolve) => server.close(resolve));
  assert.equal(seen.length, 1);
  assert.equal(seen[0]!.url, '/api/public/otel/v1/traces');
  assert.equal(seen[0]!.authorization, 'Basic cGs6c2s=');
  assert.match(seen[0]!.body, /"service\.name".*"engine".*"GET \/r"/);
  assert.deepEqual(lines(), []);
});

test('a collector that demands a header takes every span with it, and none without, which is counted', async () => {
  const authorization = `Basic ${Buffer.from('pk-lf-1:sk-lf-2').toString('base64')}`;
  const collector = await startOtlpCollector({ authorization, 'x-langfuse-ingestion-version': '4' });
  const headers = `Authorization=${encodeURIComponent(authorization)},x-langfuse-ingestion-version=4`;
  const { log } = recordingLog();
  for (const [given, taken] of [
    [headers, 1],
    [undefined, 0],
    [headers.replace('Basic', 'Bearer'), 0],
  ] as const) {
    const metrics = createMetrics({ service: 'gateway', enabled: true });
    const env = {
      OTEL_EXPORTER_OTLP_ENDPOINT: `${collector.url}/api/public/otel`,
      OTEL_EXPORTER_OTLP_HEADERS: given,
    };
    const tracing = startTracing({ service: 'gateway', version: '1', env, logger: log, metrics });
    const span = startServerSpan(tracing, { method: 'GET', route: '/r', headers: {} });
    endSpan(span, { status: 200 });
    await tracing.shutdown(3000);
    assert.equal(collector.trace(traceIdOf(span)!).length, taken);
    const text = (await renderText(metrics)).body;
    assert.equal(/^telemetry_problems_total\{problem="export_failed"\} 1$/m.test(text), taken === 0, text);
  }
  assert.equal(collector.refused, 2);
  await collector.stop();
});

test('the exit says how many held spans nobody can ask for any more', async () => {
  const { log, lines } = recordingLog();
  const env = { OTEL_EXPORTER_OTLP_ENDPOINT: 'http://127.0.0.1:1', OTEL_TRACES_SAMPLER_ARG: '0.0000001' };
  const tracing = startTracing({ service: 'engine', version: '1', env, logger: log });
  const headers = { traceparent: '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-00' };
  const request = startServerSpan(tracing, { method: 'GET', route: '/r', headers });
  recordSpan(tracing, request, { name: 'figures', startMs: 0, endMs: 1 });
  endSpan(request, { status: 200 });
  await tracing.shutdown(100);
  assert.deepEqual(lines(), ['info Tracing: 2 spans of traces that were not sampled and not kept by now are dropped']);
});

test('the start line says which share is sampled, and what is kept of the rest', async () => {
  const { log } = recordingLog();
  const env = { JAEGER_ENDPOINT: '127.0.0.1:1', OTEL_TRACES_SAMPLER_ARG: '0.1', TRACE_SLOW_MS: '250' };
  const tracing = startTracing({ service: 'gateway', version: '1', env, logger: log });
  assert.match(
    tracing.describe(),
    /10 % of the traces started here, and those with errors, retries, hedges, breaker transitions or more than 250 ms$/,
  );
  await tracing.shutdown(100);
});

test('at ratio 0 nothing is recorded, but a trace that the caller records is followed', async () => {
  const { log } = recordingLog();
  const env = { JAEGER_ENDPOINT: '127.0.0.1:1', OTEL_TRACES_SAMPLER_ARG: '0' };
  const tracing = startTracing({ service: 'gateway', version: '1', env, logger: log });
  const own = startServerSpan(tracing, { method: 'GET', route: '/', headers: {} });
  assert.equal(own.isRecording(), false);
  const traceparent = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01';
  const followed = startServerSpan(tracing, { method: 'GET', route: '/', headers: { traceparent } });
  assert.equal(followed.isRecording(), true);
  assert.equal(traceIdOf(followed), '0af7651916cd43dd8448eb211c80319c');
  assert.match(injectHeaders(followed).traceparent!, /^00-0af7651916cd43dd8448eb211c80319c-[0-9a-f]{16}-01$/);
  assert.match(injectHeaders(own).traceparent!, /-00$/);
  await tracing.shutdown(100);
});
