import type { RetryOptions } from './options.ts';

export const RETRY_DEFAULTS: RetryOptions = Object.freeze({
  mode: 'enforce',
  attempts: 3,
  baseMs: 1000,
  factor: 2,
  maxMs: 60_000,
  jitter: Object.freeze({ kind: 'proportional', ratio: 0.2 }),
});
