import type { BreakerOptions } from './options.ts';

export const BREAKER_DEFAULTS: BreakerOptions = Object.freeze({
  consecutiveCalls: 5,
  openMs: 60_000,
  firstOpenRatio: 0.5,
  openFactor: 2,
  openJitter: 0.2,
  probes: 3,
  probeSuccesses: 2,
  probeLeaseMs: 30_000,
  abandonedAfterMs: 10_000,
});
