import { checkMode } from '../mode.ts';
import { type Limits, resolveNumbers } from '../validate.ts';
import { STALE_DEFAULTS } from './defaults.ts';
import type { StaleOptions } from './options.ts';

const BYTES = { min: 0, max: 64 * 1024 ** 3, integer: true } as const;
const LIMITS = {
  maxBytes: BYTES,
  maxEntryBytes: BYTES,
  maxAgeMs: { min: 0, max: 31_536_000_000 },
} as const satisfies Record<Exclude<keyof StaleOptions, 'mode'>, Limits>;

/** Given options over the defaults; a RangeError names what does not fit. */
export function resolveStale(given: Partial<StaleOptions> = {}): StaleOptions {
  const options = resolveNumbers('stale', STALE_DEFAULTS, given, LIMITS);
  checkMode('stale', options.mode);
  return options;
}
