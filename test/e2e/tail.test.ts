/** With a small share of traces sampled, those that tell of trouble are kept, whole over both services. */
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { type CollectedSpan, type OtlpCollector, startOtlpCollector } from '../support/otlp-collector.ts';
import { Pair } from '../support/pair.ts';
import { until } from '../support/process.ts';
import { analysisRequest, analyze, send } from '../support/requests.ts';

const ROUTE = 'POST /api/analyze/comprehensive';
const SLOW_MS = 3000;
/** A share that no trace of the test falls into. */
const ENV = {
  OTEL_TRACES_SAMPLER_ARG: '0.0000001',
  TRACE_SLOW_MS: String(SLOW_MS),
  FAULTS_ENABLED: 'true',
  DRAIN_PROPAGATION_MS: '0',
};

const traceIdOf = (headers: Headers): string => headers.get('traceparent')?.split('-')[1] ?? '';
const cheap = (seed: number) => analysisRequest({ seed, figures: false, estimators: ['ols'] });
/** `gateway server`, `gateway client`, `engine server`, … as often as they are in the trace. */
const shapeOf = (spans: readonly CollectedSpan[]): Readonly<Record<string, number>> =>
  Object.fromEntries(
    [...Map.groupBy(spans, ({ service, kind, name }) => `${service} ${kind === 'internal' ? name : `${kind} ${name}`}`)].map(
      ([what, each]) => [what, each.length],
    ),
  );

function assertWhole(spans: readonly CollectedSpan[]): void {
  const ids = new Set(spans.map(({ spanId }) => spanId));
  const roots = spans.filter(({ parent }) => parent === undefined);
  assert.equal(roots.length, 1, 'one root');
  for (const { name, parent } of spans) assert.ok(parent === undefined || ids.has(parent), `the parent of ${name} is there`);
}

describe('traces that were not sampled', () => {
  let collector: OtlpCollector;
  let pair: Pair;
  before(async () => {
    collector = await startOtlpCollector();
    const env = { ...ENV, OTEL_EXPORTER_OTLP_ENDPOINT: collector.url };
    pair = await Pair.start({ engineEnv: env, gatewayEnv: { ...env, RETRY_BASE_MS: '10', BREAKER_THRESHOLD: '100' } });
  });
  after(async () => {
    await pair.stop();
    await collector.stop();
  });

  const setFaults = async (faults: readonly object[]): Promise<void> => {
    const { status } = await send(`${pair.engineUrl}/admin/faults`, {
      method: 'PUT',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ faults }),
    });
    assert.equal(status, 200);
  };
  const wholeTrace = (traceId: string, spans: number): Promise<readonly CollectedSpan[]> =>
    until(`${spans} spans of ${traceId}`, () => {
      const trace = collector.trace(traceId);
      return trace.length >= spans && trace;
    });
  const series = async (url: string, name: string): Promise<number> => {
    const text = await (await fetch(`${url}/metrics`)).text();
    return Number(
      text
        .split('\n')
        .find((line) => line.startsWith(`${name} `))
        ?.split(' ')
        .at(-1) ?? 0,
    );
  };

  // That the engine's half goes when its time is up is in test/slow.
  it('are dropped where nothing is wrong, and what the client did wrong is nothing wrong', async () => {
    const ids: string[] = [];
    for (let seed = 0; seed < 5; seed++) {
      const { status, headers } = await analyze(pair.gatewayUrl, cheap(seed));
      assert.equal(status, 200);
      assert.match(headers.get('traceparent') ?? '', /-00$/);
      ids.push(traceIdOf(headers));
    }
    const refused = await analyze(pair.gatewayUrl, { dataset_id: 'test' });
    assert.equal(refused.status, 400);
    ids.push(traceIdOf(refused.headers));
    await until('the decisions', async () => (await series(pair.gatewayUrl, 'trace_tail_spans_held')) === 0);
    assert.deepEqual(
      ids.flatMap((id) => collector.trace(id)),
      [],
    );
  });

  it('are kept whole where every attempt failed', async () => {
    await setFaults([{ name: 'down', kind: 'error', percent: 100, status: 503 }]);
    const { status, headers } = await analyze(pair.gatewayUrl, cheap(100));
    await setFaults([]);
    assert.equal(status, 503);
    const trace = await wholeTrace(traceIdOf(headers), 7);
    assert.deepEqual(shapeOf(trace), {
      [`gateway server ${ROUTE}`]: 1,
      [`gateway client ${ROUTE}`]: 3,
      [`engine server ${ROUTE}`]: 3,
    });
    assertWhole(trace);
  });

  it('are kept whole where the request lasted, with all that the engine did for it', async () => {
    await setFaults([{ name: 'slow', kind: 'latency', percent: 100, delay_ms: SLOW_MS + 500 }]);
    const { status, headers } = await analyze(pair.gatewayUrl, cheap(101));
    await setFaults([]);
    assert.equal(status, 200);
    const trace = await wholeTrace(traceIdOf(headers), 11);
    assert.deepEqual(shapeOf(trace), {
      [`gateway server ${ROUTE}`]: 1,
      [`gateway client ${ROUTE}`]: 1,
      [`engine server ${ROUTE}`]: 1,
      'engine client CACHE GET': 2,
      'engine client SELECT': 1,
      'engine client load columns': 1,
      'engine queue wait': 1,
      'engine estimator ols': 1,
      'engine figures': 1,
      'engine client INSERT': 1,
    });
    assertWhole(trace);
  });

  it('are kept of a request that the engine failed for a client of its own', async () => {
    await setFaults([{ name: 'down', kind: 'error', percent: 100, status: 500 }]);
    const { headers } = await analyze(pair.engineUrl, cheap(102));
    await setFaults([]);
    assert.deepEqual(shapeOf(await wholeTrace(traceIdOf(headers), 1)), { [`engine server ${ROUTE}`]: 1 });
  });

  it('cost the engine’s half of them where it is not told, which is counted, and the drain sends the rest', async () => {
    pair.engine.kill('SIGKILL');
    await pair.engine.exited;
    const { status, headers } = await analyze(pair.gatewayUrl, cheap(103));
    assert.equal(status, 503);
    await until('the loss', async () => (await series(pair.gatewayUrl, 'trace_tail_told_total{result="lost"}')) >= 1);
    const last = await analyze(pair.gatewayUrl, cheap(104));
    pair.gateway.kill('SIGTERM');
    assert.deepEqual(await pair.gateway.exited, { code: 0, signal: null });
    for (const each of [headers, last.headers])
      assert.deepEqual(shapeOf(collector.trace(traceIdOf(each))), {
        [`gateway server ${ROUTE}`]: 1,
        [`gateway client ${ROUTE}`]: 3,
      });
  });
});

describe('at ratio 0', () => {
  it('nothing is recorded, failures included', async () => {
    const collector = await startOtlpCollector();
    const env = { OTEL_EXPORTER_OTLP_ENDPOINT: collector.url, OTEL_TRACES_SAMPLER_ARG: '0', DRAIN_PROPAGATION_MS: '0' };
    const pair = await Pair.start({ withoutEngine: true, gatewayEnv: { ...env, RETRY_BASE_MS: '1' } });
    try {
      const { status, headers } = await analyze(pair.gatewayUrl, cheap(1));
      assert.equal(status, 503);
      assert.match(traceIdOf(headers), /^[0-9a-f]{32}$/);
      pair.gateway.kill('SIGTERM');
      await pair.gateway.exited;
      assert.deepEqual(collector.spans, []);
    } finally {
      await pair.stop();
      await collector.stop();
    }
  });
});
