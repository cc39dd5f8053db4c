import type { RateLimitOptions } from './options.ts';

export const RATE_LIMIT_DEFAULTS: RateLimitOptions = Object.freeze({
  limit: 600,
  windowMs: 60_000,
  burst: 100,
  whenStoreFails: 'allow',
  mode: 'enforce',
});
