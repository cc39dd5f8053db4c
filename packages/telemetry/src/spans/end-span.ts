import { type Span, SpanKind, SpanStatusCode } from '@opentelemetry/api';
import { Memo } from '../memo.ts';
import type { SpanAttributes } from '../schema.ts';
import { SharedAttributes } from '../tracing/shared-attributes.ts';
import { annotateAlike } from './annotate-alike.ts';
import { errorType } from './error-type.ts';
import { OFF_SPAN } from './off-span.ts';

export interface SpanEnd {
  /** HTTP status received or answered. */
  readonly status?: number | undefined;
  /** What went wrong: an error, or a low-cardinality name such as `client_aborted`. */
  readonly error?: unknown;
  /** Milliseconds since the Unix epoch; now where left out. */
  readonly endMs?: number | undefined;
}

/**
 * Ends a span. It is an error when `error` is given, at a status of 500 and above, and, for a CLIENT span, at 400 and
 * above: to a server a 4xx is the caller's mistake (HTTP semantic conventions).
 */
export function endSpan(span: Span, end: SpanEnd = {}): void {
  if (span === OFF_SPAN) return;
  const { status, error } = end;
  if (status !== undefined) annotateAlike(span, statuses.of(status));
  const failed = error !== undefined || (status !== undefined && status >= (isClient(span) ? 400 : 500));
  if (failed) {
    span.setAttribute('error.type', error === undefined ? String(status) : errorType(error));
    span.setStatus(
      error instanceof Error ? { code: SpanStatusCode.ERROR, message: error.message } : { code: SpanStatusCode.ERROR },
    );
  }
  span.end(end.endMs);
}

const statuses = new Memo(
  (status: number) => new SharedAttributes({ 'http.response.status_code': status } satisfies SpanAttributes),
);

// The API's Span hides its kind; the SDK's has it.
const isClient = (span: Span): boolean => 'kind' in span && span.kind === SpanKind.CLIENT;
