import { counter, gauge } from './define.ts';

export const POLICY_SERIES = {
  policy_decisions_total: counter(
    'Decisions of the policies around the breaker; mode shadow: told, and not carried out',
    'policy',
    'decision',
    'mode',
  ),
  shared_state_up: gauge(
    'Whether quotas and Idempotency-Keys are where they belong: 0 while the Redis of REDIS_URL is away, else 1',
  ),
  readiness_probes_total: counter("Answers of the engine's readiness while its breaker was open", 'breaker_name', 'answer'),
} as const;
