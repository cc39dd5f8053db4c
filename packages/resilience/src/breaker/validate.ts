import { checkMode } from '../mode.ts';
import { type Limits, resolveNumbers } from '../validate.ts';
import { BREAKER_DEFAULTS } from './defaults.ts';
import type { BreakerOptions } from './options.ts';

const LIMITS = {
  consecutiveCalls: { min: 0, max: 1000, integer: true },
  consecutiveAttempts: { min: 0, max: 100_000, integer: true },
  attemptRatio: { min: 0, max: 1 },
  attemptVolume: { min: 1, max: 1_000_000, integer: true },
  attemptWindowMs: { min: 100, max: 3_600_000 },
  slowCallMs: { min: 0, max: 3_600_000 },
  slowRatio: { min: 0.01, max: 1 },
  slowVolume: { min: 1, max: 1_000_000, integer: true },
  slowWindowMs: { min: 100, max: 3_600_000 },
  openMs: { min: 10, max: 3_600_000 },
  firstOpenRatio: { min: 0.01, max: 1 },
  openFactor: { min: 1, max: 10 },
  openJitter: { min: 0, max: 0.9 },
  probes: { min: 1, max: 100, integer: true },
  probeSuccesses: { min: 1, max: 100, integer: true },
  probeLeaseMs: { min: 10, max: 3_600_000 },
  readinessMs: { min: 0, max: 3_600_000 },
  readinessJitter: { min: 0, max: 0.9 },
  readinessTimeoutMs: { min: 1, max: 60_000 },
  abandonedAfterMs: { min: 0, max: 3_600_000 },
} as const satisfies Record<Exclude<keyof BreakerOptions, 'mode'>, Limits>;

/** Given options over the defaults; a RangeError names what does not fit. */
export function resolveBreaker(given: Partial<BreakerOptions> = {}): BreakerOptions {
  const options = resolveNumbers('breaker', BREAKER_DEFAULTS, given, LIMITS);
  checkMode('breaker', options.mode);
  return options;
}
