import { IDEMPOTENCY_DEFAULTS, RATE_LIMIT_DEFAULTS, STALE_DEFAULTS } from '@penstock/resilience';
import { count, HOUR_MS, mode } from './variables.ts';

const DAY_MS = 86_400_000;
const MEBIBYTE = 1024 * 1024;

export const ADMISSION_VARIABLES = {
  RATE_LIMIT_MODE: mode('Rate limit for each client address', 'off'),
  RATE_LIMIT_REQUESTS: count(RATE_LIMIT_DEFAULTS.limit, 1, 10_000_000, 'Requests that a client may make in a window'),
  RATE_LIMIT_WINDOW_MS: count(RATE_LIMIT_DEFAULTS.windowMs, 1000, DAY_MS, 'The window of RATE_LIMIT_REQUESTS'),
  RATE_LIMIT_BURST: count(RATE_LIMIT_DEFAULTS.burst, 1, 10_000_000, 'What of it a client may ask for at once'),
  OVERLOAD_DELAY_MS: count(
    500,
    0,
    60_000,
    'Batch requests are refused while the event loop is late by this on average of a second, interactive ones by twice this; 0: never',
  ),
  IDEMPOTENCY_MODE: mode('Idempotency keys'),
  IDEMPOTENCY_TTL_MS: count(IDEMPOTENCY_DEFAULTS.ttlMs, 1000, 30 * DAY_MS, 'How long the answer to an Idempotency-Key is kept'),
  IDEMPOTENCY_LEASE_MS: count(
    IDEMPOTENCY_DEFAULTS.leaseMs,
    1000,
    HOUR_MS,
    'After this the key of a gateway that died is free again; a running request renews it three times within',
  ),
  IDEMPOTENCY_MAX_KEYS: count(
    500,
    1,
    1_000_000,
    'Answers that are kept for Idempotency-Keys in memory; the oldest go first. Redis has its own bound (maxmemory)',
  ),
  COALESCE_MODE: mode('Sharing of one execution among equal analyses at the same time'),
  STALE_MODE: mode('Earlier answers for clients that allow them (Cache-Control: stale-if-error) where the engine has none'),
  STALE_MAX_BYTES: count(STALE_DEFAULTS.maxBytes, 0, 65_536 * MEBIBYTE, 'What the earlier answers that are kept may take'),
  STALE_MAX_AGE_MS: count(STALE_DEFAULTS.maxAgeMs, 0, 365 * DAY_MS, 'An older answer is never given out'),
} as const;
