import { BULKHEAD_DEFAULTS } from '@penstock/resilience';
import { count, HOUR_MS, mode } from './variables.ts';

export const BULKHEAD_VARIABLES = {
  BULKHEAD_MODE: mode('Bulkhead of each engine'),
  BULKHEAD_MAX: count(BULKHEAD_DEFAULTS.maxInFlight, 1, 100_000, 'Attempts in flight at one engine'),
  BULKHEAD_QUEUE: count(BULKHEAD_DEFAULTS.maxQueued, 0, 100_000, 'Attempts that may wait for one of them to end'),
  BULKHEAD_WAIT_MS: count(BULKHEAD_DEFAULTS.maxWaitMs, 0, HOUR_MS, 'Longest wait of an attempt for its place'),
} as const;
