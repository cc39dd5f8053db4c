import { checkMode } from '../mode.ts';
import { type Limits, resolveNumbers } from '../validate.ts';
import { BUDGET_DEFAULTS } from './defaults.ts';
import type { BudgetOptions } from './options.ts';

const LIMITS = {
  perSuccess: { min: 0, max: 100 },
  perSecond: { min: 0, max: 100_000 },
  capacity: { min: 1, max: 1_000_000 },
} as const satisfies Record<Exclude<keyof BudgetOptions, 'mode'>, Limits>;

/** Given options over the defaults; a RangeError names what does not fit. */
export function resolveBudget(given: Partial<BudgetOptions> = {}): BudgetOptions {
  const options = resolveNumbers('budget', BUDGET_DEFAULTS, given, LIMITS);
  checkMode('budget', options.mode);
  return options;
}
