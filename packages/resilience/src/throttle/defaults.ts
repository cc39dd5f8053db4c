import type { ThrottleOptions } from './options.ts';

export const THROTTLE_DEFAULTS: ThrottleOptions = Object.freeze({
  k: 2,
  windowMs: 120_000,
  maxProbability: 0.8,
  minRps: 5,
  mode: 'enforce',
});
