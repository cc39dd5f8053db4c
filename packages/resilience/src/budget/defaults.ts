import type { BudgetOptions } from './options.ts';

export const BUDGET_DEFAULTS: BudgetOptions = Object.freeze({ mode: 'enforce', perSuccess: 0.5, perSecond: 10, capacity: 100 });
