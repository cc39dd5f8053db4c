import type { Span } from '@opentelemetry/api';
import { OFF_SPAN } from '../spans/off-span.ts';

const SPAN = Symbol('penstock.span');

interface Bound {
  [SPAN]?: Span;
}

/** Has every line of a logger, and of those made from it, carry the ids of a span. */
export function bindSpan(logger: object, span: Span): void {
  if (span !== OFF_SPAN) (logger as Bound)[SPAN] = span;
}

/** The same logger with the ids of a span in every line; what is bound to `logger` itself stays. */
export function withSpan<L extends object>(logger: L, span: Span): L {
  const bound = Object.create(logger) as L;
  bindSpan(bound, span);
  return bound;
}

export type Fields = Readonly<Record<string, unknown>>;

const NONE: Fields = Object.freeze({});

/** The fields that find a line's trace; none where its logger belongs to no span. */
export function spanFields(logger: object): Fields {
  const span = (logger as Bound)[SPAN];
  if (span === undefined) return NONE;
  const { traceId, spanId } = span.spanContext();
  return { 'trace.id': traceId, 'span.id': spanId };
}

/** A line's own fields with those of its span. */
export const withFields = (fields: object, ofSpan: object): object => (ofSpan === NONE ? fields : Object.assign(ofSpan, fields));
