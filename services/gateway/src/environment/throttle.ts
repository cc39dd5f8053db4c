import { THROTTLE_DEFAULTS } from '@penstock/resilience';
import { count, HOUR_MS, mode, real } from './variables.ts';

// What an engine turned down stays counted for this long after it is well again: the policy's two minutes would be an
// outage of our own making.
const WINDOW_MS = 5000;

export const THROTTLE_VARIABLES = {
  THROTTLE_MODE: mode('Client-side throttle of each engine'),
  THROTTLE_K: real(THROTTLE_DEFAULTS.k, 1, 100, 'Calls that are still sent to an engine for each one that it takes'),
  THROTTLE_WINDOW_MS: count(WINDOW_MS, 1000, HOUR_MS, 'How far back calls are counted'),
  THROTTLE_MAX_PROBABILITY: real(
    THROTTLE_DEFAULTS.maxProbability,
    0,
    1,
    'Highest probability of a refusal: the rest finds out that the engine takes calls again',
  ),
  THROTTLE_MIN_RPS: real(THROTTLE_DEFAULTS.minRps, 0, 1_000_000, 'Below this rate, calls per second, nothing is refused'),
} as const;
