import type { HedgeOptions } from './options.ts';

export const HEDGE_DEFAULTS: HedgeOptions = Object.freeze({
  delay: Object.freeze({ kind: 'percentile', percentile: 0.97 } as const),
  minDelayMs: 10,
  minSamples: 100,
  mode: 'enforce',
});
