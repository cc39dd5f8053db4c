import { checkMode } from '../mode.ts';
import { type Limits, resolveNumbers } from '../validate.ts';
import { THROTTLE_DEFAULTS } from './defaults.ts';
import type { ThrottleOptions } from './options.ts';

const LIMITS = {
  k: { min: 1, max: 100 },
  windowMs: { min: 1000, max: 3_600_000 },
  maxProbability: { min: 0, max: 1 },
  minRps: { min: 0, max: 1_000_000 },
} as const satisfies Record<Exclude<keyof ThrottleOptions, 'mode'>, Limits>;

/** Given options over the defaults; a RangeError names what does not fit. */
export function resolveThrottle(given: Partial<ThrottleOptions> = {}): ThrottleOptions {
  const options = resolveNumbers('throttle', THROTTLE_DEFAULTS, given, LIMITS);
  checkMode('throttle', options.mode);
  return options;
}
