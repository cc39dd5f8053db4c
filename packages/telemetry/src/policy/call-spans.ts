import type { Span } from '@opentelemetry/api';
import type { CallId, PolicyEvent } from '@penstock/resilience';
import { writeSpanEvent } from './span-events.ts';

// The identity itself knows its span: a WeakMap of as many calls as there are costs more than all of their events.
class TracedCall implements CallId {
  readonly sequence: number;
  readonly span: Span;

  constructor(sequence: number, span: Span) {
    this.sequence = sequence;
    this.span = span;
  }
}

/** Knows the span of the request that each call belongs to. */
export class CallSpans {
  #sequence = 0;

  /** An identity for a layer's part in a request; undefined where nothing is recorded: nobody would look for it. */
  open(span: Span): CallId | undefined {
    return span.isRecording() ? new TracedCall(++this.#sequence, span) : undefined;
  }

  /** Writes the event on the span of its call, if it has one. */
  write(event: PolicyEvent): void {
    if (event.call instanceof TracedCall) writeSpanEvent(event.call.span, event);
  }
}
