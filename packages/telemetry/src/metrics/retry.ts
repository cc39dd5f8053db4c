import { counter, gauge } from './define.ts';

export const RETRY_SERIES = {
  orchestrator_retry_total: counter(
    'Further attempts from gateway to engine, by the class of failure that caused them',
    'reason',
  ),
  retries_refused_total: counter(
    'Failed attempts that no further one followed: attempts, budget, deadline, breaker_open, permanent or draining',
    'reason',
  ),
  retry_budget_tokens: gauge('Tokens in the retry budget now'),
  gateway_calls_total: counter('Calls of clients to the engine through the gateway, each counted once, by outcome', 'outcome'),
} as const;
