import type { Metrics } from '../metrics/metrics.ts';
import type { OtherEvent } from './call-events.ts';
import { shadowOf } from './shadow.ts';

type Series = Metrics<'gateway'>['series'];

/** Counts an event in the series that it belongs to. One of a policy in shadow mode is counted as such, and as nothing else. */
export function countEvent(series: Series, event: OtherEvent): void {
  const shadow = shadowOf(event);
  if (shadow === undefined) countDecision(series, event);
  else series.shadow_decisions_total.inc({ policy: shadow.policy, decision: shadow.would });
}

function countDecision(series: Series, event: OtherEvent): void {
  const breaker_name = event.name;
  switch (event.type) {
    case 'breaker_transition':
      series.circuit_breaker_transitions_total.inc({ breaker_name, from_state: event.from, to_state: event.to });
      series.circuit_breaker_consecutive_failures.set({ breaker_name }, event.consecutive);
      series.circuit_breaker_last_state_change_timestamp.set({ breaker_name }, event.at / 1000);
      return;
    case 'readiness_probed':
      series.readiness_probes_total.inc({ breaker_name, answer: event.answer });
      return;
    case 'retry_scheduled':
      series.orchestrator_retry_total.inc({ reason: event.reason });
      return;
    case 'retry_refused':
      series.retries_refused_total.inc({ reason: event.because });
      return;
    case 'hedge_started':
      series.hedges_total.inc();
      return;
    case 'hedge_finished':
      series.hedged_calls_total.inc({ won: event.won });
      return;
    case 'hedge_refused':
      series.hedges_refused_total.inc({ reason: event.because });
      return;
    case 'throttle_refused':
      series.shed_total.inc({ reason: 'throttle', priority: 'any' });
      return;
    case 'concurrency_shed':
      series.shed_total.inc({ reason: 'concurrency', priority: event.priority });
      return;
    case 'bulkhead_refused':
      series.shed_total.inc({ reason: `bulkhead_${event.because}`, priority: event.priority });
      return;
    case 'stale_served':
      series.stale_served_total.inc();
      return;
    case 'stale_evicted':
      series.stale_evictions_total.inc({ reason: event.because });
      return;
    case 'balance_ejected':
    case 'balance_restored':
      series.balance_changes_total.inc({
        engine: event.endpoint,
        change: event.type === 'balance_ejected' ? 'ejected' : 'restored',
      });
      return;
    case 'balance_exhausted':
      series.balance_exhausted_total.inc();
      return;
    case 'idempotency_decided':
      series.idempotency_requests_total.inc({ decision: event.decision });
      return;
    case 'idempotency_lease_lost':
      series.idempotency_leases_lost_total.inc();
      return;
    case 'idempotency_store_failed':
      series.policy_store_failures_total.inc({ policy: 'idempotency', operation: event.during });
      return;
    case 'rate_limited':
      series.rate_limited_total.inc();
      return;
    case 'rate_limit_store_failed':
      series.policy_store_failures_total.inc({ policy: 'rate-limit', operation: 'take' });
      return;
    case 'balance_picked':
      // Attempts are counted where they are sent, with their route and their engine.
      return;
    case 'coalesce_joined':
      // Requests are counted where they end: one that joined may have to start an execution of its own.
      return;
    case 'deadline_exceeded':
      // Requests are counted where they are answered: several may have waited for one call.
      return;
    case 'budget_changed':
    case 'concurrency_limit_changed':
      // Read when the metrics are asked for: the budget fills by time, without an event.
      return;
    case 'bulkhead_queued':
    case 'fallback_used':
    case 'fallback_failed':
    case 'options_reloaded':
    case 'shadow_decision':
      return;
    default:
      event satisfies never;
  }
}
