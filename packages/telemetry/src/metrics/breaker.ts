import { counter, gauge } from './define.ts';

export const BREAKER_SERIES = {
  circuit_breaker_state: gauge(
    'State of the breaker: 0 closed, 1 open, 2 half-open; closed for one that refuses nobody, in shadow mode or off',
    'breaker_name',
  ),
  circuit_breaker_calls_total: counter(
    'Calls, and hedges by themselves, by what the breaker made of them: success, failure, neutral (never moves it) or rejected (refused while open)',
    'breaker_name',
    'status',
  ),
  circuit_breaker_transitions_total: counter('Changes of state', 'breaker_name', 'from_state', 'to_state'),
  circuit_breaker_consecutive_failures: gauge('Failed calls in a row, as the call rule counts them', 'breaker_name'),
  circuit_breaker_last_state_change_timestamp: gauge(
    'When the state last changed, seconds since the Unix epoch; the start of the service where it never did',
    'breaker_name',
  ),
} as const;
