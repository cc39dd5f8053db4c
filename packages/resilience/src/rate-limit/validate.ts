import { checkChoice, checkMode } from '../mode.ts';
import { type Limits, resolveNumbers } from '../validate.ts';
import { RATE_LIMIT_DEFAULTS } from './defaults.ts';
import type { RateLimitOptions } from './options.ts';

const COUNT = { min: 1, max: 10_000_000, integer: true } as const;
const LIMITS = {
  limit: COUNT,
  windowMs: { min: 1000, max: 86_400_000 },
  burst: COUNT,
} as const satisfies Record<Exclude<keyof RateLimitOptions, 'mode' | 'whenStoreFails'>, Limits>;

/** Given options over the defaults; a RangeError names what does not fit. */
export function resolveRateLimit(given: Partial<RateLimitOptions> = {}): RateLimitOptions {
  const options = resolveNumbers('rateLimit', RATE_LIMIT_DEFAULTS, given, LIMITS);
  checkChoice('rateLimit.whenStoreFails', ['allow', 'refuse'], options.whenStoreFails);
  checkMode('rateLimit', options.mode);
  return options;
}
