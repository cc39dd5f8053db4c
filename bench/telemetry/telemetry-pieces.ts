import { systemClock } from '../../packages/clock/src/index.ts';
import type { CallId, PolicyEvent } from '../../packages/resilience/src/index.ts';
import {
  CallSpans,
  clientAttributes,
  createLogger,
  createMetrics,
  endSpan,
  injectHeaders,
  policyListener,
  startClientSpan,
  startServerSpan,
  type Tracing,
  tracingOff,
  withSpan,
} from '../../packages/telemetry/src/index.ts';
import { OtlpText } from '../../packages/telemetry/src/tracing/otlp-text.ts';
import type { PlainSpan } from '../../packages/telemetry/src/tracing/plain-span.ts';
import { PlainTracer, type PlainTracerOptions } from '../../packages/telemetry/src/tracing/plain-tracer.ts';
import { headDecision } from '../../packages/telemetry/src/tracing/sampling.ts';

export interface Piece {
  readonly name: string;
  readonly run: () => void;
  /** How many operations one run is. */
  readonly operations: number;
}

const ROUTE = '/api/analyze/comprehensive';
const ENGINE = 'http://127.0.0.1:8080';
const HEADERS = { host: '127.0.0.1:8082', 'content-type': 'application/json', 'user-agent': 'bench', connection: 'keep-alive' };
const SILENT = { debug: nothing, info: nothing, warn: nothing, error: nothing };
/** Spans of one export. */
const BATCH = 512;

type GatewayMetrics = ReturnType<typeof createMetrics<'gateway'>>;

/** What the gateway does for one successful analysis, piece by piece. */
export const makePieces = (): readonly Piece[] => [...spanPieces(), exportPiece(), ...metricPieces(), ...logPieces()];

const spans = new CallSpans();
const attempt = { method: 'POST', route: ROUTE, origin: new URL(ENGINE), path: ROUTE, attempt: 1 };
const CLIENT = clientAttributes({ clientAddress: '127.0.0.1', protocolVersion: '1.1' });
const request = (tracing: Tracing) =>
  startServerSpan(tracing, { method: 'POST', route: ROUTE, path: ROUTE, headers: HEADERS }, () => CLIENT);

function spanPieces(): readonly Piece[] {
  const tracing = tracingWith(1, nothing);
  const atZero = tracingWith(0, nothing);
  const parent = request(tracing);
  const listen = listener(createMetrics({ service: 'gateway', enabled: false }));
  return [
    piece('server span', () => endSpan(request(tracing), { status: 200 })),
    piece('server span, not recorded (ratio 0)', () => endSpan(request(atZero), { status: 200 })),
    piece('server span with the events of a call', () => {
      const span = request(tracing);
      tell(listen, spans.open(span));
      endSpan(span, { status: 200 });
    }),
    piece('client span', () => endSpan(startClientSpan(tracing, { parent, ...attempt }), { status: 200 })),
    piece('propagation: traceparent for a header', () => void injectHeaders(parent)),
  ];
}

/** The spans of a request as they are in a batch, half of them of each kind. */
function exportPiece(): Piece {
  const batch: PlainSpan[] = [];
  const tracing = tracingWith(1, (span) => batch.push(span));
  const listen = listener(createMetrics({ service: 'gateway', enabled: false }));
  while (batch.length < BATCH) {
    const span = request(tracing);
    tell(listen, spans.open(span));
    endSpan(startClientSpan(tracing, { parent: span, ...attempt }), { status: 200 });
    endSpan(span, { status: 200 });
  }
  return { name: 'export: OTLP text of a span', run: () => writeAll(batch), operations: BATCH };
}

function writeAll(batch: readonly PlainSpan[]): void {
  const text = new OtlpText();
  for (const span of batch) text.add(span);
  text.content();
}

function metricPieces(): readonly Piece[] {
  const metrics = createMetrics({ service: 'gateway', enabled: true });
  const { http_server_request_duration_seconds: durations, connection_pool_requests_total: handed } = metrics.series;
  const listen = listener(metrics);
  const sampled = request(tracingWith(1, nothing));
  const labels = { method: 'POST', route: ROUTE, status: '200' };
  return [
    piece('metrics: the events of a call', () => tell(listen, undefined)),
    piece('metrics: a duration', () => durations.observe(labels, 0.002)),
    piece('metrics: a duration with an exemplar', () => durations.observe(labels, 0.002, sampled)),
    piece('metrics: a counter', () => handed.inc({ client_name: ENGINE, pool_type: 'http' })),
  ];
}

function logPieces(): readonly Piece[] {
  const logger = createLogger({ service: 'gateway', level: 'info', format: 'ecs', stream: { write: nothing } });
  const fields = { 'http.request.method': 'POST', 'http.route': ROUTE, 'http.response.status_code': 200, 'event.duration': 2e6 };
  const log = (to: typeof logger): void => to.info(fields, `POST ${ROUTE} 200 in 2.0 ms`);
  const bound = withSpan(logger, request(tracingWith(1, nothing)));
  return [piece('log line', () => log(logger)), piece('log line with the ids of its span', () => log(bound))];
}

const piece = (name: string, run: () => void): Piece => ({ name, run, operations: 1 });

/** What the policies tell of a call that succeeds at once. */
function tell(listen: (event: PolicyEvent) => void, call: CallId = { sequence: 1 }): void {
  const of = { name: ENGINE, call };
  listen({ type: 'budget_changed', ...of, tokens: 9.5 });
  listen({ type: 'breaker_call', ...of, status: 'success', consecutiveFailures: 0, epoch: 0, probe: false, stale: false });
  listen({ type: 'call_finished', ...of, outcome: 'success', reason: 'success', attempts: 1, durationMs: 2 });
}

const listener = (metrics: GatewayMetrics) =>
  policyListener({ metrics, logger: SILENT, spans, engines: [ENGINE], startedAtMs: 0 });

function tracingWith(ratio: number, onEnd: (span: PlainSpan) => void): Tracing {
  const processor = { onStart: nothing, onEnd };
  const resource = { attributes: { 'service.name': 'gateway' } } as unknown as PlainTracerOptions['resource'];
  const tracer = new PlainTracer({
    scope: { name: 'penstock' },
    resource,
    decide: headDecision(ratio),
    processor,
    clock: systemClock,
  });
  return { ...tracingOff, enabled: true, tracer };
}

function nothing(): void {
  // What is measured is what leads here.
}
