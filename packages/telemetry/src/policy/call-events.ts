import type { PolicyEvent } from '@penstock/resilience';
import { Memo } from '../memo.ts';
import type { Metrics } from '../metrics/metrics.ts';
import type { SpanAttributes } from '../schema.ts';
import { addSpanEventAlike, annotateAlike } from '../spans/annotate-alike.ts';
import { addSpanEvent } from '../spans/record-span.ts';
import { SharedAttributes } from '../tracing/shared-attributes.ts';
import { evidenceAttributes } from './breaker-evidence.ts';
import type { CallSpans } from './call-spans.ts';

type BreakerCall = Extract<PolicyEvent, { type: 'breaker_call' }>;
type CallFinished = Extract<PolicyEvent, { type: 'call_finished' }>;

/** What is told of exceptions; all others are told of every call. */
export type OtherEvent = Exclude<
  PolicyEvent,
  BreakerCall | CallFinished | { type: 'attempt_started' | 'attempt_finished' | 'coalesce_finished' }
>;

/**
 * Counts and writes what is told of every call. Each kind of event by a function that sees no other, on series and
 * attributes that are found once: code that looks at events of all kinds costs several times more.
 */
export class CallEvents {
  readonly #enabled: boolean;
  readonly #spans: CallSpans;
  readonly #breakers;
  readonly #outcomes;

  constructor({ enabled, series }: Metrics<'gateway'>, spans: CallSpans) {
    this.#enabled = enabled;
    this.#spans = spans;
    this.#breakers = new Memo((breaker_name: string) => ({
      calls: new Memo((status: string) => series.circuit_breaker_calls_total.of({ breaker_name, status })),
      consecutiveFailures: series.circuit_breaker_consecutive_failures.of({ breaker_name }),
    }));
    this.#outcomes = new Memo((outcome: string) => series.gateway_calls_total.of({ outcome }));
  }

  breakerCall(event: BreakerCall): void {
    if (this.#enabled) {
      const { calls, consecutiveFailures } = this.#breakers.of(event.name);
      calls.of(event.status).inc();
      consecutiveFailures.set(event.consecutiveFailures);
    }
    const span = this.#spans.of(event.call);
    if (span === undefined) return;
    if (isOrdinary(event)) addSpanEventAlike(span, 'breaker.outcome', ordinary.of(event.name).of(event.epoch));
    else addSpanEvent(span, event.status === 'rejected' ? 'breaker.rejected' : 'breaker.outcome', outcomeAttributes(event));
  }

  callFinished({ call, outcome, attempts }: CallFinished): void {
    if (this.#enabled) this.#outcomes.of(outcome).inc();
    const span = this.#spans.of(call);
    if (span !== undefined) annotateAlike(span, endings.of(outcome).of(attempts));
  }
}

const endings = new Memo(
  (outcome: string) =>
    new Memo(
      (attempts: number) =>
        new SharedAttributes({ 'penstock.outcome': outcome, 'penstock.attempts': attempts } satisfies SpanAttributes),
    ),
);

/** A success after a success: almost all of a breaker's outcomes, all of them alike. */
const isOrdinary = (event: BreakerCall): boolean =>
  event.status === 'success' &&
  event.consecutiveFailures === 0 &&
  !event.probe &&
  !event.stale &&
  event.evidence === undefined &&
  event.retryAfterMs === undefined;

const ordinary = new Memo(
  (name: string) =>
    new Memo(
      (epoch: number) =>
        new SharedAttributes(
          outcomeAttributes({ name, status: 'success', epoch, consecutiveFailures: 0, probe: false, stale: false }),
        ),
    ),
);

const outcomeAttributes = (event: Omit<BreakerCall, 'type' | 'call'>): SpanAttributes => ({
  'penstock.breaker.name': event.name,
  'penstock.outcome': event.status,
  'penstock.breaker.epoch': event.epoch,
  'penstock.breaker.consecutive_failures': event.consecutiveFailures,
  'penstock.breaker.probe': event.probe,
  'penstock.breaker.stale': event.stale,
  'penstock.breaker.next_attempt_in_ms': event.retryAfterMs,
  ...(event.evidence !== undefined && evidenceAttributes(event.evidence)),
});
