import { BUDGET_DEFAULTS, RETRY_DEFAULTS } from '@penstock/resilience';
import Type from 'typebox';
import { count, HOUR_MS, mode, real } from './variables.ts';

export const RETRY_VARIABLES = {
  RETRY_MODE: mode('Retry'),
  RETRY_ATTEMPTS: count(RETRY_DEFAULTS.attempts, 1, 20, 'Attempts in all, the first included'),
  RETRY_BASE_MS: count(RETRY_DEFAULTS.baseMs, 0, HOUR_MS, 'Wait before the first retry'),
  RETRY_FACTOR: real(RETRY_DEFAULTS.factor, 1, 10, 'Growth of the wait from retry to retry'),
  RETRY_CAP_MS: count(RETRY_DEFAULTS.maxMs, 0, HOUR_MS, 'Longest wait between attempts'),
  RETRY_JITTER: Type.Enum(['none', 'proportional', 'equal', 'full', 'decorrelated'], {
    default: RETRY_DEFAULTS.jitter.kind,
    description: 'How waits are spread',
  }),
  RETRY_JITTER_RATIO: real(0.2, 0, 1, 'Spread of proportional jitter: 0.2 is ±20 %'),
  RETRY_BUDGET_MODE: mode('Retry budget'),
  RETRY_BUDGET_CAPACITY: real(BUDGET_DEFAULTS.capacity, 1, 1_000_000, 'Retries that the budget holds at most; it starts full'),
  RETRY_BUDGET_PER_SUCCESS: real(BUDGET_DEFAULTS.perSuccess, 0, 100, 'Retries that a successful call adds to the budget'),
  RETRY_BUDGET_PER_SECOND: real(BUDGET_DEFAULTS.perSecond, 0, 100_000, 'Retries that each second adds to the budget'),
} as const;
