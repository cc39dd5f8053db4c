import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import {
  inOrderOfAttempts,
  type Jaeger,
  jaegerAvailable,
  parentOf,
  serviceOf,
  spansNamed,
  startJaeger,
  tag,
} from '../../../../test/support/jaeger.ts';
import { requireServer } from '../../../../test/support/require-server.ts';
import { endSpan, injectHeaders, recordSpan, startClientSpan, startServerSpan, traceIdOf } from '../../src/index.ts';
import { startTracing } from '../../src/tracing/start-tracing.ts';
import type { TracingEnv } from '../../src/tracing/tracing-env.ts';
import { recordingLog } from '../support/recording-log.ts';

let jaeger: Jaeger | undefined;
before(async () => {
  if (jaegerAvailable() === true) jaeger = await startJaeger();
});
after(() => jaeger?.stop());

const ROUTES: Readonly<Record<string, (jaeger: Jaeger) => TracingEnv>> = {
  'the Jaeger agent over UDP': ({ agent }) => ({ JAEGER_ENDPOINT: agent }),
  'the Jaeger collector over HTTP': ({ collector }) => ({ JAEGER_ENDPOINT: collector }),
  'OTLP over HTTP': ({ otlp }) => ({ OTEL_EXPORTER_OTLP_ENDPOINT: otlp }),
};

for (const [route, envOf] of Object.entries(ROUTES)) {
  test(`a trace over both services is whole in a real Jaeger by ${route}`, async (t) => {
    if (!requireServer(t, 'Jaeger', jaegerAvailable())) return;
    const { log, lines } = recordingLog();
    const env = envOf(jaeger!);
    const gateway = startTracing({ service: 'gateway', version: '1.2.3', env, logger: log });
    const engine = startTracing({ service: 'engine', version: '1.2.3', env, logger: log });

    const request = startServerSpan(gateway, { method: 'POST', route: '/api/x', headers: {} });
    for (const attempt of [1, 2]) {
      const call = startClientSpan(gateway, {
        parent: request,
        method: 'POST',
        route: '/api/x',
        origin: new URL('http://127.0.0.1:8080'),
        path: '/api/x',
        attempt,
      });
      if (attempt === 1) {
        endSpan(call, { error: Object.assign(new Error('connect ECONNREFUSED'), { code: 'ECONNREFUSED' }) });
        continue;
      }
      const served = startServerSpan(engine, { method: 'POST', route: '/api/x', headers: injectHeaders(call) });
      const now = Date.now();
      recordSpan(engine, served, {
        name: 'estimator ols',
        startMs: now - 20,
        endMs: now - 5,
        attributes: { 'penstock.estimator.name': 'ols' },
      });
      endSpan(served, { status: 200 });
      endSpan(call, { status: 200 });
    }
    endSpan(request, { status: 200 });
    await Promise.all([gateway.shutdown(3000), engine.shutdown(3000)]);

    const trace = await jaeger!.fetchTrace(traceIdOf(request)!, { minSpans: 5 });
    assert.equal(trace.spans.length, 5);
    const [root] = spansNamed(trace, 'POST /api/x').filter((span) => parentOf(span) === undefined);
    const calls = inOrderOfAttempts(spansNamed(trace, 'POST /api/x').filter((span) => parentOf(span) === root?.spanID));
    assert.equal(calls.length, 2);
    assert.equal(tag(calls[0]!, 'error.type'), 'ECONNREFUSED');
    assert.equal(tag(calls[0]!, 'http.request.resend_count'), undefined);
    assert.equal(Number(tag(calls[1]!, 'http.request.resend_count')), 1);
    const [served] = trace.spans.filter((span) => parentOf(span) === calls[1]?.spanID);
    assert.equal(serviceOf(trace, served!), 'engine');
    assert.equal(serviceOf(trace, root!), 'gateway');
    const [estimate] = spansNamed(trace, 'estimator ols');
    assert.equal(parentOf(estimate!), served?.spanID);
    assert.ok(Math.abs(estimate!.duration - 15_000) <= 1000, `${estimate!.duration} µs`);
    assert.deepEqual(lines(), []);
  });
}

test('a span too large for a UDP packet is reported and takes no other span with it', async (t) => {
  if (!requireServer(t, 'Jaeger', jaegerAvailable())) return;
  const { log, lines } = recordingLog();
  const tracing = startTracing({ service: 'gateway', version: '1', env: { JAEGER_ENDPOINT: jaeger!.agent }, logger: log });
  const root = startServerSpan(tracing, { method: 'GET', route: '/root', headers: {} });
  const now = Date.now();
  recordSpan(tracing, root, { name: 'estimator before', startMs: now, endMs: now });
  recordSpan(tracing, root, {
    name: 'estimator huge',
    startMs: now,
    endMs: now,
    attributes: { 'penstock.reason': 'x'.repeat(70_000) },
  });
  recordSpan(tracing, root, {
    name: 'estimator large',
    startMs: now,
    endMs: now,
    attributes: { 'penstock.reason': 'x'.repeat(60_000) },
  });
  recordSpan(tracing, root, { name: 'estimator after', startMs: now, endMs: now });
  endSpan(root);
  await tracing.shutdown(3000);
  const trace = await jaeger!.fetchTrace(traceIdOf(root)!, { minSpans: 4 });
  assert.deepEqual(trace.spans.map((span) => span.operationName).sort(), [
    'GET /root',
    'estimator after',
    'estimator before',
    'estimator large',
  ]);
  assert.equal(lines().length, 1);
  assert.match(lines()[0]!, /span_too_large.*"estimator huge".*does not fit into a UDP packet/);
});

test('thousands of spans of one flush all arrive by UDP', async (t) => {
  if (!requireServer(t, 'Jaeger', jaegerAvailable())) return;
  const { log, lines } = recordingLog();
  const tracing = startTracing({ service: 'gateway', version: '1', env: { JAEGER_ENDPOINT: jaeger!.agent }, logger: log });
  const root = startServerSpan(tracing, { method: 'GET', route: '/many', headers: {} });
  const now = Date.now();
  for (let index = 0; index < 3000; index++) recordSpan(tracing, root, { name: 'figures', startMs: now, endMs: now });
  endSpan(root);
  await tracing.shutdown(5000);
  const trace = await jaeger!.fetchTrace(traceIdOf(root)!, { minSpans: 3001 });
  assert.equal(trace.spans.length, 3001);
  assert.deepEqual(lines(), []);
});
