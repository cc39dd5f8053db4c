import { DEADLINE_DEFAULTS, TIMEOUT_DEFAULTS } from '@penstock/resilience';
import { count, HOUR_MS, mode } from './variables.ts';

export const TIME_VARIABLES = {
  ATTEMPT_TIMEOUT_MODE: mode('Attempt timeout'),
  ATTEMPT_TIMEOUT_MS: count(TIMEOUT_DEFAULTS.attemptMs, 1, HOUR_MS, 'Longest time of one attempt'),
  TOTAL_TIMEOUT_MODE: mode('Total timeout'),
  TOTAL_TIMEOUT_MS: count(
    DEADLINE_DEFAULTS.totalMs,
    1,
    HOUR_MS,
    'Longest time of a request, waits included; clients may ask for less',
  ),
  TOTAL_FLOOR_WINDOW_MS: count(
    DEADLINE_DEFAULTS.floorWindowMs,
    1000,
    HOUR_MS,
    'How long a fast answer counts as what an attempt takes at least',
  ),
  UPLOAD_IDLE_MS: count(
    30_000,
    1,
    HOUR_MS,
    'How long the sender of an upload may be silent; after it the upload is refused with 408',
  ),
  CONNECT_TIMEOUT_MS: count(1000, 1, 600_000, 'Longest time for a connection to the engine to be set up'),
} as const;
