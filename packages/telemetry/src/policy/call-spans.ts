import type { Span } from '@opentelemetry/api';
import type { CallId, PolicyEvent } from '@penstock/resilience';
import { OFF_SPAN } from '../spans/off-span.ts';
import { writeSpanEvent } from './span-events.ts';

/** Knows the span of the request that each call belongs to, for as long as the call is known to anyone. */
export class CallSpans {
  readonly #spans = new WeakMap<CallId, Span>();
  #sequence = 0;

  /** An identity for a layer's part in a request; undefined when tracing is off: nobody would look for it. */
  open(span: Span): CallId | undefined {
    if (span === OFF_SPAN) return undefined;
    const call = { sequence: ++this.#sequence };
    this.#spans.set(call, span);
    return call;
  }

  /** The call's events belong to this span from now on. */
  bind(call: CallId, span: Span): void {
    if (span !== OFF_SPAN) this.#spans.set(call, span);
  }

  /** Writes the event on the span of its call, if it has one. */
  write(event: PolicyEvent): void {
    const span = event.call && this.#spans.get(event.call);
    if (span !== undefined) writeSpanEvent(span, event);
  }
}
