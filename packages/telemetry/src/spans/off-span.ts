import { INVALID_SPAN_CONTEXT, type Span, trace } from '@opentelemetry/api';

/** The one span that stands for "tracing is off": records nothing, has no id, is shared by all. */
export const OFF_SPAN: Span = trace.wrapSpanContext(INVALID_SPAN_CONTEXT);
