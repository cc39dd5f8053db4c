import { type Limits, resolveNumbers } from '../validate.ts';
import { BREAKER_DEFAULTS } from './defaults.ts';
import type { BreakerOptions } from './options.ts';

const LIMITS = {
  consecutiveCalls: { min: 1, max: 1000, integer: true },
  openMs: { min: 10, max: 3_600_000 },
  firstOpenRatio: { min: 0.01, max: 1 },
  openFactor: { min: 1, max: 10 },
  openJitter: { min: 0, max: 0.9 },
  probes: { min: 1, max: 100, integer: true },
  probeSuccesses: { min: 1, max: 100, integer: true },
  probeLeaseMs: { min: 10, max: 3_600_000 },
  abandonedAfterMs: { min: 0, max: 3_600_000 },
} as const satisfies Record<keyof BreakerOptions, Limits>;

/** Given options over the defaults; a RangeError names what does not fit. */
export const resolveBreaker = (given: Partial<BreakerOptions> = {}): BreakerOptions =>
  resolveNumbers('breaker', BREAKER_DEFAULTS, given, LIMITS);
