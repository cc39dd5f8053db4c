import { type Span, SpanKind } from '@opentelemetry/api';
import type { InnerSpanName, SpanAttributes, SpanEventName } from '../schema.ts';
import type { Tracing } from '../tracing/tracing.ts';
import { contextOf } from './context-of.ts';
import { endSpan } from './end-span.ts';
import { OFF_SPAN } from './off-span.ts';

export interface InternalSpanOptions {
  readonly kind?: 'internal' | 'client';
  readonly attributes?: SpanAttributes;
  /** Milliseconds since the Unix epoch; now where left out. */
  readonly startMs?: number;
}

/** Starts a span inside a service: a cache look-up (`kind: 'client'`), a queue wait, an insert. End it with `endSpan`. */
export function startSpan(tracing: Tracing, parent: Span, name: InnerSpanName, options: InternalSpanOptions = {}): Span {
  if (!tracing.enabled) return OFF_SPAN;
  const { kind, startMs, attributes } = options;
  const span = tracing.tracer.startSpan(
    name,
    { kind: kind === 'client' ? SpanKind.CLIENT : SpanKind.INTERNAL, ...(startMs !== undefined && { startTime: startMs }) },
    contextOf(parent),
  );
  // A copy: a span takes over what it is given first.
  if (attributes !== undefined) annotate(span, { ...attributes });
  return span;
}

export interface RecordedSpan {
  readonly name: InnerSpanName;
  /** Milliseconds since the Unix epoch, fractions allowed: `performance.timeOrigin + performance.now()` of the thread. */
  readonly startMs: number;
  readonly endMs: number;
  readonly attributes?: SpanAttributes;
  readonly error?: unknown;
}

/** Records a span that is over already, such as an estimator timed inside a worker thread. */
export function recordSpan(tracing: Tracing, parent: Span, recorded: RecordedSpan): void {
  if (!tracing.enabled) return;
  const { name, startMs, endMs, attributes = {}, error } = recorded;
  endSpan(startSpan(tracing, parent, name, { startMs, attributes }), { error, endMs });
}

/** Sets attributes of the schema on a span. */
export function annotate(span: Span, attributes: SpanAttributes): void {
  if (span.isRecording()) span.setAttributes(attributes);
}

/** Adds an event of the schema to a span. */
export function addSpanEvent(span: Span, name: SpanEventName, attributes: SpanAttributes = {}): void {
  if (span.isRecording()) span.addEvent(name, attributes);
}
