import type { Span } from '@opentelemetry/api';
import type { LayerEvent } from '@penstock/resilience';
import type { SpanEvent } from '../schema.ts';
import { addSpanEvent, annotate } from '../spans/record-span.ts';
import { evidenceAttributes } from './breaker-evidence.ts';
import type { OtherEvent } from './call-events.ts';
import { layerSpanEvent } from './layer-span-events.ts';
import { shadowOf } from './shadow.ts';

/** Writes a decision on the span of the request that it belongs to, with what it rests on. */
export function writeSpanEvent(span: Span, event: OtherEvent): void {
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

/** The span event of a policy's event; undefined for what is no decision about a call. */
function spanEvent(event: Exclude<OtherEvent, { type: 'budget_changed' }>): SpanEvent | undefined {
  switch (event.type) {
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
    case 'readiness_probed':
    case 'options_reloaded':
      return undefined;
    default:
      return layerSpanEvent(event satisfies LayerEvent);
  }
}
