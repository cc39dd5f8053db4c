import { counter } from './define.ts';

export const POLICY_SERIES = {
  policy_decisions_total: counter(
    'Decisions of the policies around the breaker; mode shadow: told, and not carried out',
    'policy',
    'decision',
    'mode',
  ),
  readiness_probes_total: counter("Answers of the engine's readiness while its breaker was open", 'breaker_name', 'answer'),
} as const;
