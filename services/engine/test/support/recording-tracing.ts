import { type Attributes, type Context, type Link, type Span, type SpanOptions, trace } from '@opentelemetry/api';
import { type Tracing, tracingOff } from '@penstock/telemetry';

export interface RecordedSpan {
  readonly name: string;
  readonly id: string;
  readonly parent: string | undefined;
  readonly attributes: Attributes;
  /** Ids of the spans linked to. */
  readonly links: string[];
  readonly startMs: number;
  endMs: number;
}

/** Tracing that keeps the spans that ended, in the order of their ends. */
export function recordingTracing(): { tracing: Tracing; spans: RecordedSpan[] } {
  const spans: RecordedSpan[] = [];
  let next = 1;
  const startSpan = (name: string, options: SpanOptions = {}, context?: Context): Span => {
    const id = String(next++).padStart(16, '0');
    const parent = context && trace.getSpanContext(context)?.spanId;
    const now = performance.timeOrigin + performance.now();
    const recorded = {
      name,
      id,
      parent,
      attributes: { ...options.attributes },
      links: [] as string[],
      startMs: Number(options.startTime ?? now),
      endMs: 0,
    };
    const span = {
      spanContext: () => ({ traceId: '1'.padStart(32, '0'), spanId: id, traceFlags: 1 }),
      setAttribute: (key: string, value: string) => {
        recorded.attributes[key] = value;
        return span;
      },
      setAttributes: (attributes: Attributes) => {
        Object.assign(recorded.attributes, attributes);
        return span;
      },
      addEvent: () => span,
      addLink: ({ context }: Link) => {
        recorded.links.push(context.spanId);
        return span;
      },
      setStatus: () => span,
      isRecording: () => true,
      recordException: () => undefined,
      end: (at?: number) => {
        recorded.endMs = at ?? performance.timeOrigin + performance.now();
        spans.push(recorded);
      },
    } as unknown as Span;
    return span;
  };
  return { tracing: { ...tracingOff, enabled: true, tracer: { startSpan } as unknown as Tracing['tracer'] }, spans };
}
