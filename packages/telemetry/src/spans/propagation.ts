import { type Context, defaultTextMapGetter, ROOT_CONTEXT, type Span, TraceFlags } from '@opentelemetry/api';
import { W3CTraceContextPropagator } from '@opentelemetry/core';
import { OFF_SPAN } from './off-span.ts';

const w3c = new W3CTraceContextPropagator();

/** Headers as Node gives them: lower-case names. */
export type IncomingHeaders = Readonly<Record<string, string | string[] | undefined>>;

/** The caller's trace context from `traceparent` and `tracestate`; the root where there is none or it is malformed. */
export function extractContext(headers: IncomingHeaders): Context {
  if (headers.traceparent === undefined) return ROOT_CONTEXT;
  return w3c.extract(ROOT_CONTEXT, headers, defaultTextMapGetter);
}

/** `traceparent` (and `tracestate`) that make the receiver a child of `span`; empty when tracing is off. */
export function injectHeaders(span: Span): Record<string, string> {
  if (span === OFF_SPAN) return {};
  const { traceId, spanId, traceFlags, traceState } = span.spanContext();
  // https://www.w3.org/TR/trace-context/#traceparent-header-field-values, without the propagator's contexts and checks.
  const traceparent = `00-${traceId}-${spanId}-0${traceFlags & TraceFlags.SAMPLED}`;
  return traceState === undefined ? { traceparent } : { traceparent, tracestate: traceState.serialize() };
}
