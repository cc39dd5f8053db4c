import type { Span } from '@opentelemetry/api';
import type { SpanEventName } from '../schema.ts';
import { PlainSpan } from '../tracing/plain-span.ts';
import type { SharedAttributes } from '../tracing/shared-attributes.ts';

/** Sets attributes that many spans have alike. */
export function annotateAlike(span: Span, attributes: SharedAttributes): void {
  if (span instanceof PlainSpan) span.addShared(attributes);
  else if (span.isRecording()) span.setAttributes(attributes.values);
}

/** Adds an event whose attributes many have alike. */
export function addSpanEventAlike(span: Span, name: SpanEventName, attributes: SharedAttributes): void {
  if (span instanceof PlainSpan) span.addSharedEvent(name, attributes);
  else if (span.isRecording()) span.addEvent(name, attributes.values);
}
