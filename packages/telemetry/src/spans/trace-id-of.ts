import type { Span } from '@opentelemetry/api';
import { OFF_SPAN } from './off-span.ts';

/** The trace id, to be shown to the client; undefined when tracing is off. */
export const traceIdOf = (span: Span): string | undefined => (span === OFF_SPAN ? undefined : span.spanContext().traceId);
