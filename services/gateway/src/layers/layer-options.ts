import type { CoalesceOptions, IdempotencyOptions, RateLimitOptions, StaleOptions } from '@penstock/resilience';
import type { GatewayConfig } from '../config.ts';

/** The options of the layers around the engines from the environment. */
export interface LayerOptions {
  readonly rateLimit: Partial<RateLimitOptions>;
  readonly idempotency: Partial<IdempotencyOptions>;
  readonly coalesce: Partial<CoalesceOptions>;
  readonly stale: Partial<StaleOptions>;
}

export const layerOptions = (config: GatewayConfig): LayerOptions => ({
  rateLimit: {
    mode: config.RATE_LIMIT_MODE,
    limit: config.RATE_LIMIT_REQUESTS,
    windowMs: config.RATE_LIMIT_WINDOW_MS,
    burst: config.RATE_LIMIT_BURST,
  },
  idempotency: {
    mode: config.IDEMPOTENCY_MODE,
    ttlMs: config.IDEMPOTENCY_TTL_MS,
    leaseMs: config.IDEMPOTENCY_LEASE_MS,
  },
  coalesce: { mode: config.COALESCE_MODE },
  stale: { mode: config.STALE_MODE, maxBytes: config.STALE_MAX_BYTES, maxAgeMs: config.STALE_MAX_AGE_MS },
});
