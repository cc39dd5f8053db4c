import type { Span } from '@opentelemetry/api';
import type { BreakerEvidence, PolicyEvent } from '@penstock/resilience';
import type { SpanAttributes } from '../schema.ts';
import { OFF_SPAN } from '../spans/off-span.ts';
import { addSpanEvent, annotate } from '../spans/record-span.ts';

/**
 * What a call's `onEvent` is given: writes the decisions of breaker, retry, budget and deadline on the span of the
 * request, with what they rest on. Undefined when tracing is off, so that the call has no listener at all.
 */
export function spanEvents(span: Span): ((event: PolicyEvent) => void) | undefined {
  return span === OFF_SPAN ? undefined : (event) => write(span, event);
}

function write(span: Span, event: PolicyEvent): void {
  switch (event.type) {
    case 'breaker_call':
      addSpanEvent(span, event.status === 'rejected' ? 'breaker.rejected' : 'breaker.outcome', {
        'penstock.breaker.name': event.name,
        'penstock.outcome': event.status,
        'penstock.breaker.epoch': event.epoch,
        'penstock.breaker.consecutive_failures': event.consecutiveFailures,
        'penstock.breaker.probe': event.probe,
        'penstock.breaker.stale': event.stale,
        'penstock.breaker.next_attempt_in_ms': event.retryAfterMs,
        ...(event.evidence !== undefined && evidenceAttributes(event.evidence)),
      });
      return;
    case 'breaker_transition':
      addSpanEvent(span, 'breaker.transition', {
        'penstock.breaker.name': event.name,
        'penstock.breaker.from': event.from,
        'penstock.breaker.to': event.to,
        'penstock.reason': event.because,
        ...evidenceAttributes(event.evidence),
      });
      return;
    case 'retry_scheduled':
      addSpanEvent(span, 'retry.scheduled', {
        'penstock.attempt': event.attempt,
        'penstock.attempts': event.of,
        'penstock.delay_ms': event.delayMs,
        'penstock.reason': event.reason,
      });
      return;
    case 'retry_refused':
      addSpanEvent(span, event.because === 'budget' ? 'budget.exhausted' : 'retry.stopped', {
        'penstock.attempt': event.attempt,
        'penstock.attempts': event.of,
        'penstock.reason': event.because,
        'error.type': event.reason,
      });
      return;
    case 'deadline_exceeded':
      addSpanEvent(span, 'deadline.exceeded', {
        'penstock.deadline.whose': event.whose,
        'penstock.deadline.total_ms': event.totalMs,
        'penstock.attempts': event.attempts,
      });
      return;
    case 'call_finished':
      annotate(span, { 'penstock.outcome': event.outcome, 'penstock.attempts': event.attempts });
      return;
    case 'budget_changed':
      annotate(span, { 'penstock.budget.tokens': event.tokens });
      return;
    case 'attempt_started':
    case 'attempt_finished':
      // Each attempt has a span of its own.
      return;
  }
}

const evidenceAttributes = (evidence: BreakerEvidence): SpanAttributes => ({
  'penstock.breaker.consecutive_failures': evidence.consecutiveFailures,
  'penstock.breaker.threshold': evidence.threshold,
  'penstock.breaker.epoch': evidence.epoch,
  'penstock.breaker.trips': evidence.trips,
  'penstock.breaker.last_reason': evidence.lastReason ?? undefined,
});
