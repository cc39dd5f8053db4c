import { resourceFromAttributes } from '@opentelemetry/resources';
import { type Clock, systemClock } from '@penstock/clock';
import { type Tracing, tracingOff } from '../../src/index.ts';
import type { PlainSpan } from '../../src/tracing/plain-span.ts';
import { PlainTracer, type SpanProcessor } from '../../src/tracing/plain-tracer.ts';
import { headDecision } from '../../src/tracing/sampling.ts';

/** A tracer that tells a processor of its spans. */
export const tracerWith = (
  processor: SpanProcessor,
  { clock = systemClock, ratio = 1 }: { clock?: Clock; ratio?: number } = {},
) =>
  new PlainTracer({
    scope: { name: 'test' },
    resource: resourceFromAttributes({ 'service.name': 'test' }),
    decide: headDecision(ratio),
    processor,
    clock,
  });

/** Tracing that keeps its spans, in the order in which they ended. */
export function recordingTracing(clock: Clock = systemClock): { tracing: Tracing; spans: () => readonly PlainSpan[] } {
  const ended: PlainSpan[] = [];
  const tracer = tracerWith({ onStart: () => undefined, onEnd: (span) => void ended.push(span) }, { clock });
  const tracing: Tracing = { ...tracingOff, enabled: true, tracer, describe: () => 'kept in memory' };
  return { tracing, spans: () => ended };
}
