/** One request is one trace over both services, in a real Jaeger, by each of the three ways there. */
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import {
  inOrderOfAttempts,
  type Jaeger,
  type JaegerSpan,
  type JaegerTrace,
  jaegerAvailable,
  parentOf,
  serviceOf,
  spansNamed,
  startJaeger,
  tag,
} from '../support/jaeger.ts';
import { Pair } from '../support/pair.ts';
import { until } from '../support/process.ts';
import { analysisRequest, analyze } from '../support/requests.ts';
import { requireServer } from '../support/require-server.ts';

const ROUTE = 'POST /api/analyze/comprehensive';

const WAYS: Record<string, (jaeger: Jaeger) => Record<string, string>> = {
  'the UDP agent': ({ agent }) => ({ JAEGER_ENDPOINT: agent }),
  'the collector over HTTP': ({ collector }) => ({ JAEGER_ENDPOINT: collector }),
  OTLP: ({ otlp }) => ({ OTEL_EXPORTER_OTLP_ENDPOINT: otlp }),
};

const traceIdOf = (headers: Headers): string => headers.get('traceparent')?.split('-')[1] ?? '';

/** The trace, once both services have sent theirs: every parent in it is there, and its root. */
const wholeTrace = (jaeger: Jaeger, traceId: string, minSpans: number): Promise<JaegerTrace> =>
  until(`trace ${traceId} to be whole`, async () => {
    const trace = await jaeger.fetchTrace(traceId, { minSpans, withinMs: 20_000 });
    const ids = new Set(trace.spans.map(({ spanID }) => spanID));
    const parents = trace.spans.map(parentOf);
    return parents.includes(undefined) && parents.every((parent) => parent === undefined || ids.has(parent)) && trace;
  });

function byService(trace: JaegerTrace, spans: readonly JaegerSpan[], service: string): JaegerSpan[] {
  return spans.filter((span) => serviceOf(trace, span) === service);
}

/** Log lines of a service that carry the trace id. */
const linesWith = (output: string, traceId: string): number =>
  output.split('\n').filter((line) => line.includes(`"trace.id":"${traceId}"`) || line.includes(traceId)).length;

let jaeger: Jaeger | undefined;
before(async () => {
  if (jaegerAvailable() === true) jaeger = await startJaeger();
});
after(() => jaeger?.stop());

for (const [way, environment] of Object.entries(WAYS)) {
  describe(`traces by ${way}`, () => {
    it('show a success whole, and three attempts as three client spans, with the right parents', async (t) => {
      if (!requireServer(t, 'Jaeger', jaegerAvailable()) || jaeger === undefined) return;
      const env = environment(jaeger);
      const pair = await Pair.start({ engineEnv: env, gatewayEnv: { ...env, RETRY_BASE_MS: '10' } });
      try {
        const success = await analyze(pair.gatewayUrl, analysisRequest({ seed: 7 }));
        assert.equal(success.status, 200);
        const traceId = traceIdOf(success.headers);
        assert.match(success.headers.get('server-timing') ?? '', new RegExp(traceId));
        const trace = await wholeTrace(jaeger, traceId, 8);
        const servers = spansNamed(trace, ROUTE).filter((span) => tag(span, 'span.kind') === 'server');
        const [gateway] = byService(trace, servers, 'gateway');
        const [engine] = byService(trace, servers, 'engine');
        const clients = byService(
          trace,
          trace.spans.filter((span) => tag(span, 'span.kind') === 'client'),
          'gateway',
        );
        assert.equal(clients.length, 1);
        assert.equal(parentOf(gateway!), undefined);
        assert.equal(parentOf(clients[0]!), gateway!.spanID);
        assert.equal(parentOf(engine!), clients[0]!.spanID);
        const inside = byService(trace, trace.spans, 'engine').filter((span) => span !== engine);
        const names = inside.map(({ operationName }) => operationName);
        for (const name of ['CACHE GET', 'aipw', 'figures', 'INSERT'])
          assert.ok(
            names.some((each) => each.includes(name)),
            `${name} in ${names.join(', ')}`,
          );
        const ids = new Set(trace.spans.map(({ spanID }) => spanID));
        for (const span of inside) assert.ok(ids.has(parentOf(span) ?? ''), `${span.operationName} has its parent in the trace`);
        assert.ok(linesWith(pair.gateway.output, traceId) > 0, 'the gateway logged the trace id');
        assert.ok(linesWith(pair.engine.output, traceId) > 0, 'the engine logged the trace id');

        pair.engine.kill('SIGKILL');
        await pair.engine.exited;
        const failed = await analyze(pair.gatewayUrl, analysisRequest({ seed: 8 }));
        assert.equal(failed.status, 503);
        assert.equal(failed.body.trace_id, traceIdOf(failed.headers));
        const story = await wholeTrace(jaeger, traceIdOf(failed.headers), 4);
        const root = story.spans.find((span) => parentOf(span) === undefined)!;
        const attempts = inOrderOfAttempts(story.spans.filter((span) => tag(span, 'span.kind') === 'client'));
        assert.deepEqual(
          attempts.map((span) => tag(span, 'http.request.resend_count') ?? 0),
          [0, 1, 2],
        );
        for (const span of attempts) {
          assert.equal(parentOf(span), root.spanID);
          assert.equal(tag(span, 'error.type'), 'ECONNREFUSED');
        }
        const events = (root.logs ?? []).map(({ fields }) => fields.find(({ key }) => key === 'event')?.value);
        assert.deepEqual(events.filter((name) => name === 'retry.scheduled').length, 2);
        assert.ok(events.includes('breaker.outcome'));
      } finally {
        await pair.stop();
      }
    });
  });
}

describe('a trace that was not sampled', () => {
  it('is whole in Jaeger all the same where attempts failed, the engine’s half too', async (t) => {
    if (!requireServer(t, 'Jaeger', jaegerAvailable()) || jaeger === undefined) return;
    const env = { OTEL_EXPORTER_OTLP_ENDPOINT: jaeger.otlp, OTEL_TRACES_SAMPLER_ARG: '0.0000001' };
    const down = JSON.stringify([{ name: 'down', kind: 'error', percent: 100, status: 503 }]);
    const pair = await Pair.start({
      engineEnv: { ...env, FAULTS_ENABLED: 'true', FAULTS: down },
      gatewayEnv: { ...env, RETRY_BASE_MS: '10' },
    });
    try {
      const { status, headers } = await analyze(pair.gatewayUrl, analysisRequest({ seed: 1 }));
      assert.equal(status, 503);
      const trace = await wholeTrace(jaeger, traceIdOf(headers), 7);
      const of = (service: string, kind: string): number =>
        byService(trace, trace.spans, service).filter((span) => tag(span, 'span.kind') === kind).length;
      assert.deepEqual([of('gateway', 'server'), of('gateway', 'client'), of('engine', 'server')], [1, 3, 3]);
      assert.equal(trace.spans.length, 7);
    } finally {
      await pair.stop();
    }
  });
});
