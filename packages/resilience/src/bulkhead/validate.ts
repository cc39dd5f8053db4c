import { checkMode } from '../mode.ts';
import { type Limits, resolveNumbers } from '../validate.ts';
import { BULKHEAD_DEFAULTS } from './defaults.ts';
import type { BulkheadOptions } from './options.ts';

const LIMITS = {
  maxInFlight: { min: 1, max: 100_000, integer: true },
  maxQueued: { min: 0, max: 100_000, integer: true },
  maxWaitMs: { min: 0, max: 3_600_000 },
} as const satisfies Record<Exclude<keyof BulkheadOptions, 'mode'>, Limits>;

/** Given options over the defaults; a RangeError names what does not fit. */
export function resolveBulkhead(given: Partial<BulkheadOptions> = {}): BulkheadOptions {
  const options = resolveNumbers('bulkhead', BULKHEAD_DEFAULTS, given, LIMITS);
  checkMode('bulkhead', options.mode);
  return options;
}
