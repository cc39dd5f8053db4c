import { checkMode } from '../mode.ts';
import { type Limits, resolveNumbers } from '../validate.ts';
import { BALANCE_DEFAULTS } from './defaults.ts';
import type { BalanceOptions } from './options.ts';

const LIMITS = {
  loadWeight: { min: 0, max: 1000 },
  loadTtlMs: { min: 0, max: 3_600_000 },
  probeEveryMs: { min: 0, max: 3_600_000 },
  restMs: { min: 0, max: 3_600_000 },
} as const satisfies Record<Exclude<keyof BalanceOptions, 'mode'>, Limits>;

/** Given options over the defaults; a RangeError names what does not fit. */
export function resolveBalance(given: Partial<BalanceOptions> = {}): BalanceOptions {
  const options = resolveNumbers('balance', BALANCE_DEFAULTS, given, LIMITS);
  checkMode('balance', options.mode);
  return options;
}
