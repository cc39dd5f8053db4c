import { ExportResultCode, hrTimeToMilliseconds } from '@opentelemetry/core';
import type { ReadableSpan } from '@opentelemetry/sdk-trace-base';
import type { RawExporter } from './ordered-exporter.ts';

/** One JSON line for each span. */
export function consoleExporter(write: (line: string) => void): RawExporter {
  return {
    export(spans, done) {
      for (const span of spans) write(`${JSON.stringify(asLine(span))}\n`);
      done({ code: ExportResultCode.SUCCESS });
    },
    abandon: () => undefined,
  };
}

function asLine(span: ReadableSpan) {
  const { traceId, spanId } = span.spanContext();
  return {
    span: span.name,
    trace_id: traceId,
    span_id: spanId,
    parent_span_id: span.parentSpanContext?.spanId,
    start: new Date(hrTimeToMilliseconds(span.startTime)).toISOString(),
    duration_ms: hrTimeToMilliseconds(span.duration),
    status: span.status,
    attributes: span.attributes,
    events: span.events.map(({ name, attributes }) => ({ name, ...attributes })),
    links: span.links.map(({ context }) => context.traceId),
  };
}
