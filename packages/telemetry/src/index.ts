export { knownMethod } from './known-method.ts';
export { createLogger, LOG_FORMATS, LOG_LEVELS, type LogFormat, type LoggerOptions } from './log/create-logger.ts';
export type { Log } from './log/log.ts';
export { bindSpan, withSpan } from './log/span-log.ts';
export { Memo } from './memo.ts';
export { CATALOGUE } from './metrics/catalogue.ts';
export { createMetrics, type MetricsOptions } from './metrics/create-metrics.ts';
export type { AnySeries, ServiceName } from './metrics/define.ts';
export type { HourSummary } from './metrics/hourly.ts';
export type { Counter, Gauge, Histogram, Labels } from './metrics/instruments.ts';
export type { Metrics } from './metrics/metrics.ts';
export { type EndedRequest, errorBudget, OBJECTIVES, type Objective } from './metrics/objectives.ts';
export { bucketQuantile, type CumulativeBucket } from './metrics/quantile.ts';
export { type RequestCounts, readRequests } from './metrics/read-requests.ts';
export { type HistogramSummary, type MetricsJson, renderJson } from './metrics/render-json.ts';
export { type RenderedMetrics, renderText } from './metrics/render-text.ts';
export { requestDurations } from './metrics/request-durations.ts';
export { CallSpans } from './policy/call-spans.ts';
export { type Evidence, evidenceOf, evidenceText } from './policy/evidence.ts';
export { type PolicyListenerOptions, policyListener } from './policy/policy-listener.ts';
export {
  ATTRIBUTES,
  type InnerSpanName,
  SPAN_EVENTS,
  SPANS,
  type SpanAttributes,
  type SpanEventName,
  type SpanRow,
} from './schema.ts';
export { type ClientSpanOptions, startClientSpan } from './spans/client-span.ts';
export { endSpan, type SpanEnd } from './spans/end-span.ts';
export { errorType } from './spans/error-type.ts';
export { type LinkKind, linkTo, traceparentOf } from './spans/link-to.ts';
export { OFF_SPAN } from './spans/off-span.ts';
export { type IncomingHeaders, injectHeaders } from './spans/propagation.ts';
export {
  addSpanEvent,
  annotate,
  type InternalSpanOptions,
  type RecordedSpan,
  recordSpan,
  startSpan,
} from './spans/record-span.ts';
export { type ClientDetails, clientAttributes, type ServerSpanOptions, startServerSpan } from './spans/server-span.ts';
export { traceIdOf } from './spans/trace-id-of.ts';
export { TelemetryConfigError } from './tracing/config-error.ts';
export type { SharedAttributes } from './tracing/shared-attributes.ts';
export { startTracing, type TracingOptions } from './tracing/start-tracing.ts';
export { type KeptListener, type Tracing, tracingOff } from './tracing/tracing.ts';
export { TRACING_VARIABLES, type TracingEnv } from './tracing/tracing-env.ts';
