import { checkChoice, checkMode } from '../mode.ts';
import { checkNumber, type Limits, resolveNumbers } from '../validate.ts';
import { HEDGE_DEFAULTS } from './defaults.ts';
import type { HedgeDelay, HedgeOptions } from './options.ts';

const LIMITS = {
  minDelayMs: { min: 0, max: 3_600_000 },
  minSamples: { min: 10, max: 1000, integer: true },
} as const satisfies Record<Exclude<keyof HedgeOptions, 'mode' | 'delay'>, Limits>;

const DELAYS = ['fixed', 'percentile'] as const satisfies readonly HedgeDelay['kind'][];

/** Given options over the defaults; a RangeError names what does not fit. */
export function resolveHedge(given: Partial<HedgeOptions> = {}): HedgeOptions {
  const options = resolveNumbers('hedge', HEDGE_DEFAULTS, given, LIMITS);
  const { delay, mode } = options;
  checkChoice('hedge.delay.kind', DELAYS, delay?.kind);
  if (delay.kind === 'fixed') checkNumber('hedge.delay.ms', delay.ms, { min: 0, max: 3_600_000 });
  else checkNumber('hedge.delay.percentile', delay.percentile, { min: 0.5, max: 0.999 });
  checkMode('hedge', mode);
  return options;
}
