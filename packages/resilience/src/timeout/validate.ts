import { checkMode } from '../mode.ts';
import { type Limits, resolveNumbers } from '../validate.ts';
import { TIMEOUT_DEFAULTS } from './defaults.ts';
import type { TimeoutOptions } from './options.ts';

const LIMITS = { attemptMs: { min: 1, max: 3_600_000 } } as const satisfies Record<Exclude<keyof TimeoutOptions, 'mode'>, Limits>;

/** Given options over the defaults; a RangeError names what does not fit. */
export function resolveTimeout(given: Partial<TimeoutOptions> = {}): TimeoutOptions {
  const options = resolveNumbers('timeout', TIMEOUT_DEFAULTS, given, LIMITS);
  checkMode('timeout', options.mode);
  return options;
}
