import { type Limits, resolveNumbers } from '../validate.ts';
import { DEADLINE_DEFAULTS } from './defaults.ts';
import type { DeadlineOptions } from './options.ts';

const LIMITS = {
  totalMs: { min: 1, max: 3_600_000 },
  floorWindowMs: { min: 1000, max: 3_600_000 },
} as const satisfies Record<keyof DeadlineOptions, Limits>;

/** Given options over the defaults; a RangeError names what does not fit. */
export const resolveDeadline = (given: Partial<DeadlineOptions> = {}): DeadlineOptions =>
  resolveNumbers('deadline', DEADLINE_DEFAULTS, given, LIMITS);
