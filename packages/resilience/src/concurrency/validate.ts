import { checkChoice, checkMode } from '../mode.ts';
import { type Limits, refuse, resolveNumbers } from '../validate.ts';
import { CONCURRENCY_DEFAULTS } from './defaults.ts';
import type { ConcurrencyOptions, LimitAlgorithm } from './options.ts';

const COUNT = { min: 1, max: 100_000, integer: true } as const;
const LIMITS = {
  initial: COUNT,
  min: COUNT,
  max: COUNT,
  batchShare: { min: 0, max: 1 },
  smoothing: { min: 0.01, max: 1 },
  tolerance: { min: 1, max: 10 },
  longWindow: { min: 10, max: 100_000, integer: true },
  headroom: { min: 0, max: 1000 },
  backoffRatio: { min: 0.1, max: 0.99 },
} as const satisfies Record<Exclude<keyof ConcurrencyOptions, 'mode' | 'algorithm'>, Limits>;

export const LIMIT_ALGORITHMS = ['gradient2', 'aimd'] as const satisfies readonly LimitAlgorithm[];

/** Given options over the defaults; a RangeError names what does not fit. */
export function resolveConcurrency(given: Partial<ConcurrencyOptions> = {}): ConcurrencyOptions {
  const options = resolveNumbers('concurrency', CONCURRENCY_DEFAULTS, given, LIMITS);
  const { min, max, initial } = options;
  if (min > max) refuse('concurrency.min', `at most concurrency.max (${max})`, min);
  if (initial < min || initial > max) refuse('concurrency.initial', `within concurrency.min and max (${min} to ${max})`, initial);
  checkChoice('concurrency.algorithm', LIMIT_ALGORITHMS, options.algorithm);
  checkMode('concurrency', options.mode);
  return options;
}
