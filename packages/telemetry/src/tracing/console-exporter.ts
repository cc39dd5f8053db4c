import { ExportResultCode, hrTimeToMilliseconds } from '@opentelemetry/core';
import type { RawExporter } from './ordered-exporter.ts';
import type { PlainSpan } from './plain-span.ts';

/** One JSON line for each span. */
export function consoleExporter(write: (line: string) => void): RawExporter<PlainSpan[]> {
  return {
    export(spans, done) {
      for (const span of spans) write(`${JSON.stringify(asLine(span))}\n`);
      done({ code: ExportResultCode.SUCCESS });
    },
    abandon: () => undefined,
  };
}

function asLine(span: PlainSpan) {
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
