import { counter, gauge } from './define.ts';

/** What the policies around the breaker decided; never what one in shadow mode would have decided. */
export const POLICY_SERIES = {
  shadow_decisions_total: counter(
    'What policies in shadow mode would have decided; counted in no other series',
    'policy',
    'decision',
  ),
  rate_limited_total: counter('Requests refused because their client had used up its quota'),
  idempotency_requests_total: counter(
    'Requests with an Idempotency-Key: execute (the first one), replay, in_flight (409) or mismatch (422)',
    'decision',
  ),
  idempotency_leases_lost_total: counter('Answers not kept, because the lease of their Idempotency-Key had ended by then'),
  policy_store_failures_total: counter(
    'Commands that the store of Idempotency-Keys or of quotas did not carry out',
    'policy',
    'operation',
  ),
  stale_served_total: counter('Requests answered by an earlier answer, because the engine had none'),
  stale_evictions_total: counter('Answers dropped from those kept for a failing engine: bytes, age or too_large', 'reason'),
  balance_changes_total: counter('Engines ejected because their breaker opened, and restored', 'engine', 'change'),
  balance_exhausted_total: counter('Times that a call found no engine whose breaker lets calls through'),
  shared_state_up: gauge(
    'Whether quotas and Idempotency-Keys are where they belong: 0 while the Redis of REDIS_URL is away, else 1',
  ),
  readiness_probes_total: counter("Answers of the engine's readiness while its breaker was open", 'breaker_name', 'answer'),
  config_reloads_total: counter('Reloads of the configuration: taken_over, or refused and nothing changed', 'result'),
} as const;
