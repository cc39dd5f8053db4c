import { checkChoice, checkMode } from '../mode.ts';
import { type Limits, resolveNumbers } from '../validate.ts';
import { IDEMPOTENCY_DEFAULTS } from './defaults.ts';
import type { IdempotencyOptions } from './options.ts';

const LIMITS = {
  ttlMs: { min: 1000, max: 2_592_000_000 },
  leaseMs: { min: 1000, max: 3_600_000 },
  maxKeyLength: { min: 1, max: 1024, integer: true },
} as const satisfies Record<Exclude<keyof IdempotencyOptions, 'mode' | 'whenStoreFails'>, Limits>;

/** Given options over the defaults; a RangeError names what does not fit. */
export function resolveIdempotency(given: Partial<IdempotencyOptions> = {}): IdempotencyOptions {
  const options = resolveNumbers('idempotency', IDEMPOTENCY_DEFAULTS, given, LIMITS);
  checkChoice('idempotency.whenStoreFails', ['refuse', 'execute'], options.whenStoreFails);
  checkMode('idempotency', options.mode);
  return options;
}
