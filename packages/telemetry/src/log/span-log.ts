import type { Span } from '@opentelemetry/api';
import { symbols } from 'pino';
import { OFF_SPAN } from '../spans/off-span.ts';

// What a logger puts into every line, as text. Fields that are merged into each line instead cost several times more.
const BINDINGS: typeof symbols.chindingsSym = symbols.chindingsSym;

interface Bound {
  [BINDINGS]?: string;
}

const IDS = /,"trace\.id":"\w+","span\.id":"\w+"/;

/** Has every line of a logger, and of those made from it, carry the ids of a span. */
export function bindSpan(logger: object, span: Span): void {
  const { [BINDINGS]: bindings } = logger as Bound;
  if (span === OFF_SPAN || bindings === undefined) return;
  const { traceId, spanId } = span.spanContext();
  const others = bindings.includes(',"trace.id":') ? bindings.replace(IDS, '') : bindings;
  (logger as Bound)[BINDINGS] = `${others},"trace.id":"${traceId}","span.id":"${spanId}"`;
}

/** The same logger with the ids of a span in every line; what is bound to `logger` itself stays. */
export function withSpan<L extends object>(logger: L, span: Span): L {
  const bound = Object.create(logger) as L;
  bindSpan(bound, span);
  return bound;
}
