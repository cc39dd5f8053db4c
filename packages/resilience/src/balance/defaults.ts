import type { BalanceOptions } from './options.ts';

export const BALANCE_DEFAULTS: BalanceOptions = Object.freeze({
  loadWeight: 1,
  loadTtlMs: 10_000,
  probeEveryMs: 1000,
  restMs: 1000,
  mode: 'enforce',
});
