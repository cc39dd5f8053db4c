import type { Span } from '@opentelemetry/api';
import type { CallId, PolicyEvent } from '@penstock/resilience';
import type { Log } from '../log/log.ts';
import { withSpan } from '../log/span-log.ts';
import { OFF_SPAN } from '../spans/off-span.ts';

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

  /** An identity for a layer's part in a request; undefined where tracing is off: nobody would look for it. */
  open(span: Span): CallId | undefined {
    return span === OFF_SPAN ? undefined : new TracedCall(++this.#sequence, span);
  }

  /** The span that is written for a call; undefined where there is none. */
  of(call: CallId | undefined): Span | undefined {
    return call instanceof TracedCall && call.span.isRecording() ? call.span : undefined;
  }

  /** `logger` with the ids of the span of the event's call, if it has one. */
  logger(event: PolicyEvent, logger: Log): Log {
    return event.call instanceof TracedCall ? withSpan(logger, event.call.span) : logger;
  }
}
