import { resourceFromAttributes } from '@opentelemetry/resources';
import { AlwaysOnSampler, InMemorySpanExporter, type ReadableSpan, SimpleSpanProcessor } from '@opentelemetry/sdk-trace-base';
import { type Clock, systemClock } from '@penstock/clock';
import { type Tracing, tracingOff } from '../../src/index.ts';
import { PlainTracer } from '../../src/tracing/plain-tracer.ts';

/** Tracing that keeps its spans, in the order in which they ended. */
export function recordingTracing(clock: Clock = systemClock): { tracing: Tracing; spans: () => readonly ReadableSpan[] } {
  const memory = new InMemorySpanExporter();
  const processor = new SimpleSpanProcessor(memory);
  const resource = resourceFromAttributes({ 'service.name': 'test' });
  const tracer = new PlainTracer({ scope: { name: 'test' }, resource, sampler: new AlwaysOnSampler(), processor, clock });
  const tracing: Tracing = {
    ...tracingOff,
    enabled: true,
    tracer,
    shutdown: () => processor.shutdown(),
    describe: () => 'kept in memory',
  };
  return { tracing, spans: () => memory.getFinishedSpans() };
}
