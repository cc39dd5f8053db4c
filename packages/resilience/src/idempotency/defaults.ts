import type { IdempotencyOptions } from './options.ts';

export const IDEMPOTENCY_DEFAULTS: IdempotencyOptions = Object.freeze({
  ttlMs: 86_400_000,
  leaseMs: 30_000,
  maxKeyLength: 255,
  whenStoreFails: 'refuse',
  mode: 'enforce',
});
