import { OFF_SPAN, type SpanAttributes, type Tracing, tracingOff } from '@penstock/telemetry';

export interface RecordedSpan {
  readonly name: string;
  readonly events: { readonly name: string; readonly attributes: SpanAttributes }[];
}

/** Tracing that keeps every span that was started, in their order, with its events. */
export function recordingTracing(): { readonly tracing: Tracing; readonly spans: RecordedSpan[] } {
  const spans: RecordedSpan[] = [];
  const startSpan = (name: string): typeof OFF_SPAN => {
    const recorded: RecordedSpan = { name, events: [] };
    spans.push(recorded);
    const id = String(spans.length).padStart(16, '0');
    const span: typeof OFF_SPAN = Object.assign(Object.create(OFF_SPAN), {
      spanContext: () => ({ traceId: id.padStart(32, '0'), spanId: id, traceFlags: 1 }),
      isRecording: () => true,
      addEvent: (event: string, attributes: SpanAttributes) => {
        recorded.events.push({ name: event, attributes });
        return span;
      },
    });
    return span;
  };
  return { tracing: { ...tracingOff, enabled: true, tracer: { startSpan } as unknown as Tracing['tracer'] }, spans };
}
