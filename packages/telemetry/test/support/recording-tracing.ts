import { BasicTracerProvider, InMemorySpanExporter, type ReadableSpan, SimpleSpanProcessor } from '@opentelemetry/sdk-trace-base';
import { type Tracing, tracingOff } from '../../src/index.ts';

/** Tracing that keeps its spans, in the order in which they ended. */
export function recordingTracing(): { tracing: Tracing; spans: () => readonly ReadableSpan[] } {
  const memory = new InMemorySpanExporter();
  const provider = new BasicTracerProvider({ spanProcessors: [new SimpleSpanProcessor(memory)] });
  const tracing: Tracing = {
    ...tracingOff,
    enabled: true,
    tracer: provider.getTracer('test'),
    shutdown: () => provider.shutdown(),
    describe: () => 'kept in memory',
  };
  return { tracing, spans: () => memory.getFinishedSpans() };
}
