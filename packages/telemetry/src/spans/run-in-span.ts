import { context, ROOT_CONTEXT, type Span } from '@opentelemetry/api';
import { contextOf } from './context-of.ts';
import { OFF_SPAN } from './off-span.ts';

/**
 * Runs `run` with the span active, so that log lines written inside carry its ids.
 * Returns what `run` returns; free when tracing is off.
 */
export function runInSpan<T>(span: Span, run: () => T): T {
  if (span === OFF_SPAN) return run();
  return context.with(contextOf(span), run);
}

/**
 * Runs `run` with no span active: for what belongs to no request, such as a timer's work, whatever request had started
 * the timer.
 */
export const runOutsideSpans = <T>(run: () => T): T => context.with(ROOT_CONTEXT, run);

/** The trace id, to be shown to the client; undefined when tracing is off. */
export function traceIdOf(span: Span): string | undefined {
  if (span === OFF_SPAN) return undefined;
  const { traceId } = span.spanContext();
  return traceId;
}
