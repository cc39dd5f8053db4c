/** Requests of many kinds at once: as many whole traces in a real Jaeger, and nothing of one in another. */
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { setFaults } from '../support/faults.ts';
import {
  type Jaeger,
  type JaegerSpan,
  type JaegerTrace,
  jaegerAvailable,
  serviceOf,
  startJaeger,
  tag,
} from '../support/jaeger.ts';
import { Pair } from '../support/pair.ts';
import { requireServer } from '../support/require-server.ts';
import { FLAKY_ROUTE, firstOnes, KINDS, type Kind, type MixedRequest, type Shape, sendMixed } from './support/mixed-requests.ts';
import { rootOf } from './support/trace-tree.ts';

/** `npm run test:slow` asks for a thousand; fewer are the same story sooner told. */
const REQUESTS = Number(process.env.MIXED_REQUESTS ?? 200);
const AT_ONCE = 32;

interface Told extends MixedRequest {
  readonly trace: JaegerTrace;
}

let jaeger: Jaeger | undefined;
let pair: Pair | undefined;
let first: MixedRequest;
let all: readonly Told[] = [];
/** Every trace that begins at the gateway, health checks left out. */
let traces: readonly JaegerTrace[] = [];

before(async () => {
  if (jaegerAvailable() !== true) return;
  jaeger = await startJaeger();
  const both = { OTEL_EXPORTER_OTLP_ENDPOINT: jaeger.otlp, DRAIN_PROPAGATION_MS: '0' };
  pair = await Pair.start({
    engineEnv: { ...both, FAULTS_ENABLED: 'true' },
    // Attempts are repeated for the one reason that is given here, and nothing is refused.
    gatewayEnv: {
      ...both,
      RETRY_BASE_MS: '1',
      HEDGE_MODE: 'off',
      BREAKER_MODE: 'off',
      THROTTLE_MODE: 'off',
      OVERLOAD_DELAY_MS: '0',
    },
  });
  await setFaults(pair.engineUrl, [{ name: 'flaky', kind: 'error', percent: 40, route: FLAKY_ROUTE, status: 503 }]);
  first = await firstOnes(pair.gatewayUrl);
  assert.equal(first.answer.status, 200);
  const sent = await sendMixed(pair.gatewayUrl, REQUESTS, AT_ONCE);
  // Whatever a service has recorded is sent before it exits.
  for (const service of [pair.gateway, pair.engine]) {
    service.kill('SIGTERM');
    assert.deepEqual(await service.exited, { code: 0, signal: null });
  }
  const found = await jaeger.search('gateway', { limit: 10 * REQUESTS });
  traces = found.filter(({ spans }) => !spans.some(({ operationName }) => operationName.includes('/health')));
  const byId = new Map(traces.map((trace) => [trace.traceID, trace]));
  all = sent.map((request) => {
    const trace = byId.get(traceIdOf(request));
    assert.ok(trace !== undefined, `the trace of ${request.marker} is in Jaeger`);
    return { ...request, trace };
  });
});
after(() => Promise.all([pair?.stop(), jaeger?.stop()]));

const traceIdOf = ({ answer }: MixedRequest): string => answer.headers.get('traceparent')?.split('-')[1] ?? '';

function shapeOf(trace: JaegerTrace): Shape {
  const what = (span: JaegerSpan): string => `${serviceOf(trace, span)} ${tag(span, 'span.kind')} ${span.operationName}`;
  return Object.fromEntries([...Map.groupBy(trace.spans, what)].map(([name, spans]) => [name, spans.length]));
}

const spansNamed = ({ spans }: JaegerTrace, name: string): JaegerSpan[] => spans.filter((span) => span.operationName === name);

const isSame = (a: Shape, b: Shape): boolean =>
  Object.keys(a).length === Object.keys(b).length && Object.entries(a).every(([name, count]) => b[name] === count);

const linkOf = (trace: JaegerTrace): string | undefined =>
  rootOf(trace).references.find(({ refType }) => refType === 'FOLLOWS_FROM')?.traceID;

describe(`${REQUESTS} requests of many kinds, ${AT_ONCE} at once`, () => {
  const itNeedsJaeger = (title: string, check: () => void): void => {
    it(title, (t) => {
      if (requireServer(t, 'Jaeger', jaegerAvailable())) check();
    });
  };

  itNeedsJaeger('leave a trace each, whole, with the spans of their kind', () => {
    assert.equal(all.length, REQUESTS);
    // Theirs, and that of the one before them.
    assert.equal(traces.length, REQUESTS + 1);
    for (const { kind, marker, trace } of all) {
      const { shapes } = KINDS[kind] as Kind;
      const shape = shapeOf(trace);
      assert.ok(
        shapes.some((each) => isSame(each, shape)),
        `${marker}, ${kind}: ${JSON.stringify(shape)}`,
      );
      assert.equal(tag(rootOf(trace), 'user_agent.original'), marker);
    }
  });

  itNeedsJaeger('have each span in one trace only', () => {
    const ids = traces.flatMap(({ spans }) => spans.map(({ spanID }) => spanID));
    assert.equal(new Set(ids).size, ids.length);
    for (const { traceID, spans } of traces) assert.ok(spans.every((span) => span.traceID === traceID));
  });

  itNeedsJaeger('have their own mark on their own spans, and nobody else’s', () => {
    for (const { kind, marker, trace } of all) {
      const marks = JSON.stringify(trace).match(/client-\d+/g) ?? [];
      assert.deepEqual([...new Set(marks)], [marker]);
      assert.equal(marks.length, KINDS[kind]?.markers, `${marker}, ${kind}`);
    }
  });

  itNeedsJaeger('store the analysis that they answer with', () => {
    const stored = all.filter(({ trace }) => spansNamed(trace, 'INSERT').length > 0);
    assert.ok(stored.length >= REQUESTS / 5);
    const ids = stored.map(({ marker, answer, trace }) => {
      const id = tag(spansNamed(trace, 'INSERT')[0] as JaegerSpan, 'penstock.analysis.id');
      assert.equal(id, answer.body.analysis_id, marker);
      return id;
    });
    assert.equal(new Set(ids).size, ids.length, 'none is computed twice');
  });

  itNeedsJaeger('have as many attempts as the gateway counted, the last one answered', () => {
    const flaky = all.filter(({ kind }) => kind === 'flaky');
    for (const { marker, answer, trace } of flaky) {
      const attempts = trace.spans.filter((span) => tag(span, 'span.kind') === 'client');
      assert.equal(tag(rootOf(trace), 'penstock.attempts'), attempts.length, marker);
      const ofAttempt = (number: number) => attempts.find((span) => tag(span, 'penstock.attempt') === number);
      for (let number = 1; number <= attempts.length; number++) {
        const status = number < attempts.length ? 503 : answer.status;
        assert.equal(tag(ofAttempt(number) as JaegerSpan, 'http.response.status_code'), status, `${marker}, attempt ${number}`);
      }
    }
    assert.ok(flaky.some(({ trace }) => shapeOf(trace)[`engine server GET ${FLAKY_ROUTE}`] === 3));
  });

  itNeedsJaeger('link to the request that computed their answer, where another one did', () => {
    const known = new Set(traces.map(({ traceID }) => traceID));
    for (const { marker, trace } of all.filter((each) => each.trace.spans.length === 1))
      assert.ok(known.has(linkOf(trace) ?? ''), `${marker} has no span but its own, and a link`);
    for (const { marker, trace } of all.filter(({ kind }) => kind === 'replayed')) {
      assert.equal(linkOf(trace), traceIdOf(first), marker);
    }
    const twins = Map.groupBy(
      all.filter(({ kind }) => kind === 'twin'),
      ({ answer }) => String(answer.body.analysis_id),
    );
    assert.equal(twins.size, REQUESTS / 10);
    for (const [id, both] of twins) {
      const [computing, ...others] = both.toSorted((a, b) => b.trace.spans.length - a.trace.spans.length) as [Told, ...Told[]];
      assert.equal(others.length, 1, id);
      assert.equal(linkOf(computing.trace), undefined);
      for (const { trace } of others.filter((other) => other.trace.spans.length === 1))
        assert.equal(linkOf(trace), computing.trace.traceID, id);
    }
  });
});
