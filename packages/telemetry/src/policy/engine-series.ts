import type { BreakerStateName, CallOutcome } from '@penstock/resilience';
import type { Metrics } from '../metrics/metrics.ts';

const STATUSES: readonly (CallOutcome | 'rejected')[] = ['success', 'failure', 'neutral', 'rejected'];
const TRANSITIONS: readonly (readonly [from: BreakerStateName, to: BreakerStateName])[] = [
  ['closed', 'open'],
  ['open', 'half_open'],
  ['half_open', 'closed'],
  ['half_open', 'open'],
  // Switched off meanwhile.
  ['open', 'closed'],
];

/**
 * Begins the series of an engine and its breaker at nothing: Prometheus sees no growth in a counter that begins at 1,
 * and would miss the first transition of each kind.
 * @param startedAtMs milliseconds since the Unix epoch
 */
export function beginEngineSeries({ series }: Metrics<'gateway'>, engine: string, startedAtMs: number): void {
  const breaker_name = engine;
  series.circuit_breaker_consecutive_failures.set({ breaker_name }, 0);
  series.circuit_breaker_last_state_change_timestamp.set({ breaker_name }, startedAtMs / 1000);
  for (const status of STATUSES) series.circuit_breaker_calls_total.inc({ breaker_name, status }, 0);
  for (const [from_state, to_state] of TRANSITIONS)
    series.circuit_breaker_transitions_total.inc({ breaker_name, from_state, to_state }, 0);
  series.connection_pool_unsent_total.inc({ client_name: engine, pool_type: 'http' }, 0);
  for (const change of ['ejected', 'restored']) series.balance_changes_total.inc({ engine, change }, 0);
}
