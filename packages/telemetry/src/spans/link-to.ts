import { isSpanContextValid, type Span } from '@opentelemetry/api';
import { parseTraceParent } from '@opentelemetry/core';
import type { SpanAttributes } from '../schema.ts';
import { OFF_SPAN } from './off-span.ts';
import { injectHeaders } from './propagation.ts';

/** Why a request did not compute its answer itself. */
export type LinkKind = 'coalesced' | 'replayed';

/**
 * Links the span of a request to that of the request which computed the answer for both.
 * @param computing its span, or where it was kept as text, its `traceparent`; nothing is linked to what is neither
 */
export function linkTo(span: Span, computing: Span | string | undefined, kind: LinkKind): void {
  if (span === OFF_SPAN || computing === undefined) return;
  const context = typeof computing === 'string' ? parseTraceParent(computing) : computing.spanContext();
  if (context === null || !isSpanContextValid(context)) return;
  span.addLink({ context, attributes: { 'penstock.link': kind } satisfies SpanAttributes });
}

/** A span as text, to be kept with what was computed in it; undefined when tracing is off. */
export const traceparentOf = (span: Span): string | undefined => injectHeaders(span).traceparent;
