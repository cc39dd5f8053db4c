import {
  context as api,
  type Context,
  type Span,
  type SpanContext,
  SpanKind,
  type SpanOptions,
  TraceFlags,
  trace,
} from '@opentelemetry/api';
import { hrTimeToMilliseconds, timeInputToHrTime } from '@opentelemetry/core';
import { RandomIdGenerator, type Sampler, SamplingDecision, type SpanProcessor } from '@opentelemetry/sdk-trace-base';
import { PlainSpan, type SpanOrigin } from './plain-span.ts';

export interface PlainTracerOptions extends Omit<SpanOrigin, 'onEnd'> {
  /** Asked where a trace begins here, or comes from a caller. */
  readonly sampler: Sampler;
  readonly processor: SpanProcessor;
}

const ids = new RandomIdGenerator();

/**
 * Starts the spans of a service. What a span begins with is decided once for its trace in this service: a child of a span
 * follows it, and what is not recorded has no children, only itself.
 */
export class PlainTracer {
  readonly #sampler: Sampler;
  readonly #processor: SpanProcessor;
  readonly #origin: SpanOrigin;

  constructor({ sampler, processor, ...common }: PlainTracerOptions) {
    this.#sampler = sampler;
    this.#processor = processor;
    this.#origin = { ...common, onEnd: (span) => processor.onEnd(span) };
  }

  /** Takes the attributes over as they are. */
  startSpan(name: string, options: SpanOptions = {}, context: Context = api.active()): Span {
    const parent = trace.getSpan(context);
    if (parent instanceof PlainSpan) return this.#record(name, options, context, childOf(parent.spanContext()));
    const caller = parent?.spanContext();
    if (parent !== undefined && caller?.isRemote !== true) return parent;
    const traceId = caller?.traceId ?? ids.generateTraceId();
    const { kind = SpanKind.INTERNAL } = options;
    const { decision } = this.#sampler.shouldSample(context, traceId, name, kind, {}, []);
    const traceFlags = decision === SamplingDecision.RECORD_AND_SAMPLED ? TraceFlags.SAMPLED : TraceFlags.NONE;
    const own = { ...(caller && { traceState: caller.traceState }), traceId, spanId: ids.generateSpanId(), traceFlags };
    return decision === SamplingDecision.NOT_RECORD ? trace.wrapSpanContext(own) : this.#record(name, options, context, own);
  }

  #record(name: string, options: SpanOptions, context: Context, own: SpanContext): PlainSpan {
    const { kind = SpanKind.INTERNAL, attributes = {}, startTime } = options;
    const startMs =
      startTime === undefined || typeof startTime === 'number' ? startTime : hrTimeToMilliseconds(timeInputToHrTime(startTime));
    const parent = trace.getSpanContext(context);
    const span = new PlainSpan(this.#origin, { name, kind, context: own, parent, attributes, startMs });
    if (options.links !== undefined) span.addLinks(options.links);
    this.#processor.onStart(span, context);
    return span;
  }
}

function childOf({ traceId, traceFlags, traceState }: SpanContext): SpanContext {
  const spanId = ids.generateSpanId();
  return traceState === undefined ? { traceId, spanId, traceFlags } : { traceId, spanId, traceFlags, traceState };
}
