import type { Span } from '@opentelemetry/api';
import type { BreakerEvidence, LayerEvent, PolicyEvent } from '@penstock/resilience';
import type { SpanAttributes, SpanEvent } from '../schema.ts';
import { addSpanEvent, annotate } from '../spans/record-span.ts';
import { layerSpanEvent } from './layer-span-events.ts';
import { shadowOf } from './shadow.ts';

/** Writes a decision on the span of the request that it belongs to, with what it rests on. */
export function writeSpanEvent(span: Span, event: PolicyEvent): void {
  if (event.type === 'call_finished') {
    annotate(span, { 'penstock.outcome': event.outcome, 'penstock.attempts': event.attempts });
    return;
  }
  if (event.type === 'budget_changed') {
    annotate(span, { 'penstock.budget.tokens': event.tokens });
    return;
  }
  const written = spanEvent(event);
  if (written === undefined) return;
  const [name, attributes] = written;
  const shadow = shadowOf(event);
  if (shadow === undefined) addSpanEvent(span, name, attributes);
  else addSpanEvent(span, 'shadow.decision', { ...attributes, 'penstock.policy': shadow.policy, 'penstock.would': shadow.would });
}

type Annotated = 'call_finished' | 'budget_changed';

/** The span event of a policy's event; undefined for what is no decision about a call. */
function spanEvent(event: Exclude<PolicyEvent, { type: Annotated }>): SpanEvent | undefined {
  switch (event.type) {
    case 'breaker_call':
      return [
        event.status === 'rejected' ? 'breaker.rejected' : 'breaker.outcome',
        {
          'penstock.breaker.name': event.name,
          'penstock.outcome': event.status,
          'penstock.breaker.epoch': event.epoch,
          'penstock.breaker.consecutive_failures': event.consecutiveFailures,
          'penstock.breaker.probe': event.probe,
          'penstock.breaker.stale': event.stale,
          'penstock.breaker.next_attempt_in_ms': event.retryAfterMs,
          ...(event.evidence !== undefined && evidenceAttributes(event.evidence)),
        },
      ];
    case 'breaker_transition':
      return [
        'breaker.transition',
        {
          'penstock.breaker.name': event.name,
          'penstock.breaker.from': event.from,
          'penstock.breaker.to': event.to,
          'penstock.reason': event.because,
          ...evidenceAttributes(event.evidence),
        },
      ];
    case 'retry_scheduled':
      return [
        'retry.scheduled',
        {
          'penstock.attempt': event.attempt,
          'penstock.attempts': event.of,
          'penstock.delay_ms': event.delayMs,
          'penstock.reason': event.reason,
        },
      ];
    case 'retry_refused':
      return [
        event.because === 'budget' ? 'budget.exhausted' : 'retry.stopped',
        {
          'penstock.attempt': event.attempt,
          'penstock.attempts': event.of,
          'penstock.reason': event.because,
          'error.type': event.reason,
        },
      ];
    case 'deadline_exceeded':
      return [
        'deadline.exceeded',
        {
          'penstock.deadline.whose': event.whose,
          'penstock.deadline.total_ms': event.totalMs,
          'penstock.attempts': event.attempts,
        },
      ];
    case 'shadow_decision':
      return ['shadow.decision', { 'penstock.reason': event.reason }];
    case 'attempt_started':
    case 'attempt_finished':
      // Each attempt has a span of its own.
      return undefined;
    case 'readiness_probed':
    case 'options_reloaded':
      return undefined;
    default:
      return layerSpanEvent(event satisfies LayerEvent);
  }
}

const evidenceAttributes = (evidence: BreakerEvidence): SpanAttributes => ({
  'penstock.breaker.consecutive_failures': evidence.consecutiveFailures,
  'penstock.breaker.threshold': evidence.threshold,
  'penstock.breaker.consecutive_attempts': evidence.consecutiveAttempts,
  'penstock.breaker.failure_ratio': evidence.failureRatio,
  'penstock.breaker.volume': evidence.volume,
  'penstock.breaker.slow_ratio': evidence.slowRatio,
  'penstock.breaker.slow_volume': evidence.slowVolume,
  'penstock.breaker.epoch': evidence.epoch,
  'penstock.breaker.trips': evidence.trips,
  'penstock.breaker.last_reason': evidence.lastReason ?? undefined,
});
