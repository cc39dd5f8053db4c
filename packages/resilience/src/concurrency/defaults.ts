import type { ConcurrencyOptions } from './options.ts';

export const CONCURRENCY_DEFAULTS: ConcurrencyOptions = Object.freeze({
  initial: 20,
  min: 2,
  max: 200,
  batchShare: 0.8,
  algorithm: 'gradient2',
  smoothing: 0.2,
  tolerance: 1.5,
  longWindow: 600,
  headroom: 4,
  backoffRatio: 0.9,
  mode: 'enforce',
});
