import {
  type Context,
  ROOT_CONTEXT,
  type Span,
  type SpanContext,
  SpanKind,
  type SpanOptions,
  TraceFlags,
  trace,
} from '@opentelemetry/api';
import { hrTimeToMilliseconds, timeInputToHrTime } from '@opentelemetry/core';
import { SamplingDecision } from '@opentelemetry/sdk-trace-base';
import { PlainSpan, type SpanOrigin } from './plain-span.ts';
import { randomSpanId, randomTraceId } from './random-ids.ts';
import type { HeadDecision } from './sampling.ts';

export interface PlainTracerOptions extends Omit<SpanOrigin, 'onEnd'> {
  /** Asked where a trace begins here, or comes from a caller. */
  readonly decide: HeadDecision;
  readonly processor: SpanProcessor;
}

/** Hears of each span that is recorded. */
export interface SpanProcessor {
  onStart(span: PlainSpan): void;
  onEnd(span: PlainSpan): void;
}

/**
 * Starts the spans of a service. What a span begins with is decided once for its trace in this service: a child of a span
 * follows it, and what is not recorded has no children, only itself.
 */
export class PlainTracer {
  readonly #decide: HeadDecision;
  readonly #processor: SpanProcessor;
  readonly #origin: SpanOrigin;

  constructor({ decide, processor, ...common }: PlainTracerOptions) {
    this.#decide = decide;
    this.#processor = processor;
    this.#origin = { ...common, onEnd: (span) => processor.onEnd(span) };
  }

  /** Takes the attributes over as they are. */
  startSpan(name: string, options: SpanOptions = {}, context: Context = ROOT_CONTEXT): Span {
    const parent = trace.getSpan(context);
    if (parent instanceof PlainSpan) {
      const context = parent.spanContext();
      return this.#record(name, options, context, childOf(context), parent);
    }
    const caller = parent?.spanContext();
    if (parent !== undefined && caller?.isRemote !== true) return parent;
    const traceId = caller?.traceId ?? randomTraceId();
    const decision = this.#decide(traceId, caller);
    const traceFlags = decision === SamplingDecision.RECORD_AND_SAMPLED ? TraceFlags.SAMPLED : TraceFlags.NONE;
    const own = contextWith(traceId, traceFlags, caller);
    return decision === SamplingDecision.NOT_RECORD ? trace.wrapSpanContext(own) : this.#record(name, options, caller, own);
  }

  #record(
    name: string,
    options: SpanOptions,
    parent: SpanContext | undefined,
    context: SpanContext,
    within?: PlainSpan,
  ): PlainSpan {
    const { kind = SpanKind.INTERNAL, attributes, startTime, links } = options;
    const startMs =
      startTime === undefined || typeof startTime === 'number' ? startTime : hrTimeToMilliseconds(timeInputToHrTime(startTime));
    const span = new PlainSpan(this.#origin, { name, kind, context, parent, startMs, within });
    if (attributes !== undefined) span.setAttributes(attributes);
    if (links !== undefined) span.addLinks(links);
    this.#processor.onStart(span);
    return span;
  }
}

const childOf = (parent: SpanContext): SpanContext => contextWith(parent.traceId, parent.traceFlags, parent);

function contextWith(traceId: string, traceFlags: TraceFlags, parent: SpanContext | undefined): SpanContext {
  const spanId = randomSpanId();
  const traceState = parent?.traceState;
  return traceState === undefined ? { traceId, spanId, traceFlags } : { traceId, spanId, traceFlags, traceState };
}
