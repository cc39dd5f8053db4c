import { type Span, type Tracer, trace } from '@opentelemetry/api';

/** @param callees origins that were called within the trace, such as `http://127.0.0.1:8080` */
export type KeptListener = (traceId: string, callees: ReadonlySet<string>) => void;

/** Tracing of one service. */
export interface Tracing {
  /** False: no exporter is configured; every helper returns at once and no span object exists. */
  readonly enabled: boolean;
  readonly tracer: Pick<Tracer, 'startSpan'>;
  /** Keeps traces that were not sampled, whose caller has decided so; by their ids, also those that are still to come. */
  keep(traceIds: readonly string[]): void;
  /** Keeps the trace of `linked` with that of `span`, if it is decided here and not decided yet. */
  keepTogether(span: Span, linked: Span): void;
  /** Sets who hears of each trace that the tail rule keeps here, and of whoever was called within it. */
  onKept(listener: KeptListener): void;
  /** Sends what is left, for at most `limitMs` milliseconds. Never rejects; a failure is logged. A second call is the first. */
  shutdown(limitMs: number): Promise<void>;
  /** One line for the start log: exporters and sampling. */
  describe(): string;
}

/** Tracing that does nothing, for tests and for a service without an exporter. */
export const tracingOff: Tracing = Object.freeze({
  enabled: false,
  // Asked by its own name, before any global provider: this is the API's own no-op.
  tracer: trace.getTracerProvider().getTracer('penstock'),
  keep: () => undefined,
  keepTogether: () => undefined,
  onKept: () => undefined,
  shutdown: () => Promise.resolve(),
  describe: () => 'tracing off (set JAEGER_ENDPOINT, OTEL_EXPORTER_OTLP_ENDPOINT or OTEL_CONSOLE=true)',
});
