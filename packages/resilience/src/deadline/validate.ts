import { checkMode } from '../mode.ts';
import { type Limits, resolveNumbers } from '../validate.ts';
import { DEADLINE_DEFAULTS } from './defaults.ts';
import type { DeadlineOptions } from './options.ts';

const LIMITS = {
  totalMs: { min: 1, max: 3_600_000 },
  floorWindowMs: { min: 1000, max: 3_600_000 },
} as const satisfies Record<Exclude<keyof DeadlineOptions, 'mode'>, Limits>;

/** Given options over the defaults; a RangeError names what does not fit. */
export function resolveDeadline(given: Partial<DeadlineOptions> = {}): DeadlineOptions {
  const options = resolveNumbers('deadline', DEADLINE_DEFAULTS, given, LIMITS);
  checkMode('deadline', options.mode);
  return options;
}
