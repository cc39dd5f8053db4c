import { type BreakerTransition, formatRetryLine, type PolicyEvent } from '@penstock/resilience';
import type { Log } from '../log/log.ts';
import { noRetryLine } from './retry-line.ts';

export type LogLine = readonly [level: keyof Log, text: string, fields?: object];

/** A line for what changes a state, and for what an operator must be able to find without a trace; undefined for the rest. */
export function logLine(event: PolicyEvent): LogLine | undefined {
  switch (event.type) {
    case 'breaker_transition':
      return transitionLine(event);
    case 'readiness_probed':
      return [
        'debug',
        `Readiness of ${event.name} while its breaker is open: ${event.answer} in ${Math.round(event.durationMs)} ms`,
      ];
    case 'retry_scheduled':
      return ['warn', formatRetryLine(event)];
    case 'retry_refused':
      return ['warn', noRetryLine(event)];
    case 'options_reloaded':
      return ['info', `Options of ${event.name} reloaded: ${event.line}`];
    case 'balance_ejected':
      return ['warn', `${event.endpoint} gets no calls: its circuit breaker is open`];
    case 'balance_restored':
      return ['info', `${event.endpoint} gets calls again`];
    case 'concurrency_limit_changed':
      return ['debug', `Concurrency limit of ${event.name}: ${event.from} → ${event.to} (${event.because})`];
    case 'fallback_failed':
      return ['error', `The fallback for ${event.name} failed, after ${event.reason}: ${event.message}`];
    case 'idempotency_lease_lost':
      return ['warn', 'The lease of an Idempotency-Key ended before its execution: the answer was not kept'];
    case 'idempotency_store_failed':
    case 'rate_limit_store_failed':
      // One for each request while the store is away: the metrics count them.
      return ['debug', `The store of ${event.name} did not answer (${event.type}): ${event.message}`];
    case 'attempt_started':
    case 'attempt_finished':
    case 'balance_exhausted':
    case 'balance_picked':
    case 'breaker_call':
    case 'budget_changed':
    case 'bulkhead_queued':
    case 'bulkhead_refused':
    case 'call_finished':
    case 'coalesce_finished':
    case 'coalesce_joined':
    case 'concurrency_shed':
    case 'deadline_exceeded':
    case 'fallback_used':
    case 'hedge_finished':
    case 'hedge_refused':
    case 'hedge_started':
    case 'idempotency_decided':
    case 'rate_limited':
    case 'shadow_decision':
    case 'stale_evicted':
    case 'stale_served':
    case 'throttle_refused':
      return undefined;
    default:
      return event satisfies never;
  }
}

function transitionLine({ name, from, to, because, evidence, shadow }: BreakerTransition): LogLine {
  const fields = { breaker: { from, to, because, ...evidence } };
  const last = evidence.lastReason === null ? '' : `, last failure ${evidence.lastReason}`;
  const opened = `${because} (${evidence.consecutiveFailures} in a row${last})`;
  if (shadow) {
    const would = `Circuit breaker in shadow mode would be ${NAMES[to]} for ${name}: ${to === 'open' ? opened : because}`;
    return ['info', would, fields];
  }
  if (to === 'open') return ['warn', `Circuit breaker OPEN for ${name}: ${opened}`, fields];
  return ['info', `Circuit breaker ${NAMES[to]} for ${name}: ${because}`, fields];
}

const NAMES = { closed: 'CLOSED', open: 'OPEN', half_open: 'HALF-OPEN' } as const satisfies Record<
  BreakerTransition['to'],
  string
>;
