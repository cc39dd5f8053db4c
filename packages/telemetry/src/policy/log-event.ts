import { type BreakerTransition, formatRetryLine, type PolicyEvent } from '@penstock/resilience';
import type { Log } from '../log/log.ts';
import { noRetryLine } from './retry-line.ts';

/** A line for what changes a state, and for what an operator must be able to find without a trace; none for the rest. */
export function logEvent(logger: Log, event: PolicyEvent): void {
  switch (event.type) {
    case 'breaker_transition':
      logTransition(logger, event);
      return;
    case 'readiness_probed':
      logger.debug(`Readiness of ${event.name} while its breaker is open: ${event.answer} in ${Math.round(event.durationMs)} ms`);
      return;
    case 'retry_scheduled':
      logger.warn(formatRetryLine(event));
      return;
    case 'retry_refused':
      logger.warn(noRetryLine(event));
      return;
    case 'options_reloaded':
      logger.info(`Options of ${event.name} reloaded: ${event.line}`);
      return;
    case 'balance_ejected':
      logger.warn(`${event.endpoint} gets no calls: its circuit breaker is open`);
      return;
    case 'balance_restored':
      logger.info(`${event.endpoint} gets calls again`);
      return;
    case 'concurrency_limit_changed':
      logger.debug(`Concurrency limit of ${event.name}: ${event.from} → ${event.to} (${event.because})`);
      return;
    case 'fallback_failed':
      logger.error(`The fallback for ${event.name} failed, after ${event.reason}: ${event.message}`);
      return;
    case 'idempotency_lease_lost':
      logger.warn('The lease of an Idempotency-Key ended before its execution: the answer was not kept');
      return;
    case 'idempotency_store_failed':
    case 'rate_limit_store_failed':
      // One for each request while the store is away: the metrics count them.
      logger.debug(`The store of ${event.name} did not answer (${event.type}): ${event.message}`);
      return;
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
      return;
    default:
      event satisfies never;
  }
}

function logTransition(logger: Log, { name, from, to, because, evidence, shadow }: BreakerTransition): void {
  const fields = { breaker: { from, to, because, ...evidence } };
  const last = evidence.lastReason === null ? '' : `, last failure ${evidence.lastReason}`;
  const opened = `${because} (${evidence.consecutiveFailures} in a row${last})`;
  if (shadow) {
    logger.info(fields, `Circuit breaker in shadow mode would be ${NAMES[to]} for ${name}: ${to === 'open' ? opened : because}`);
  } else if (to === 'open') {
    logger.warn(fields, `Circuit breaker OPEN for ${name}: ${opened}`);
  } else {
    logger.info(fields, `Circuit breaker ${NAMES[to]} for ${name}: ${because}`);
  }
}

const NAMES = { closed: 'CLOSED', open: 'OPEN', half_open: 'HALF-OPEN' } as const satisfies Record<
  BreakerTransition['to'],
  string
>;
