import { checkMode } from '../mode.ts';
import { type Limits, resolveNumbers } from '../validate.ts';
import { COALESCE_DEFAULTS } from './defaults.ts';
import type { CoalesceOptions } from './options.ts';

const LIMITS = {
  maxKeys: { min: 1, max: 1_000_000, integer: true },
  maxSharing: { min: 1, max: 100_000, integer: true },
} as const satisfies Record<Exclude<keyof CoalesceOptions, 'mode'>, Limits>;

/** Given options over the defaults; a RangeError names what does not fit. */
export function resolveCoalesce(given: Partial<CoalesceOptions> = {}): CoalesceOptions {
  const options = resolveNumbers('coalesce', COALESCE_DEFAULTS, given, LIMITS);
  checkMode('coalesce', options.mode);
  return options;
}
