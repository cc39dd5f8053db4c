import type { BudgetOptions } from './options.ts';

export const BUDGET_DEFAULTS: BudgetOptions = Object.freeze({ perSuccess: 0.5, perSecond: 10, capacity: 100 });
