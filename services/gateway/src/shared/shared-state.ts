import type { Clock } from '@penstock/clock';
import type { HealthCheck, ResilienceState } from '@penstock/contracts';
import { type IdempotencyStore, MemoryIdempotencyStore, MemoryRateStore, type RateStore } from '@penstock/resilience';
import type { Metrics } from '@penstock/telemetry';
import type { FastifyBaseLogger } from 'fastify';
import type { GatewayConfig } from '../config.ts';
import type { Delivery } from '../layers/delivery.ts';
import { keptReply } from './kept-reply.ts';
import { RedisConnection, type RedisState } from './redis-connection.ts';
import { RedisIdempotencyStore } from './redis-idempotency-store.ts';
import { RedisRateStore } from './redis-rate-store.ts';

/** What several gateways have in common where they have a Redis, and each for itself where not. */
export interface SharedState {
  readonly rates: RateStore;
  /** Decides while `rates` fails: this gateway's own quotas. */
  readonly ratesFallback?: RateStore;
  readonly keys: IdempotencyStore<Delivery>;
  /** As `GET /api/resilience` tells it. */
  snapshot(): ResilienceState['shared_state'];
  /** For `/health`; empty without Redis, where nothing can be away. */
  health(): readonly HealthCheck[];
  close(): void;
}

interface SharedStateDeps {
  readonly clock: Clock;
  readonly logger: FastifyBaseLogger;
  readonly metrics: Metrics<'gateway'>;
}

/** Redis where `REDIS_URL` names one, else memory. A Redis that is away delays the start by a moment, and no more. */
export async function openSharedState(config: GatewayConfig, deps: SharedStateDeps): Promise<SharedState> {
  const { REDIS_URL: url } = config;
  const state = url === undefined ? inMemory(config, deps) : await inRedis(url, config, deps);
  deps.metrics.series.shared_state_up.readWith(() => (state.snapshot().ok ? 1 : 0));
  return state;
}

function inMemory({ IDEMPOTENCY_MAX_KEYS }: GatewayConfig, { clock }: SharedStateDeps): SharedState {
  return {
    rates: new MemoryRateStore(clock),
    keys: new MemoryIdempotencyStore(clock, IDEMPOTENCY_MAX_KEYS),
    snapshot: () => ({ kind: 'memory', ok: true, since: null, detail: 'of this gateway alone' }),
    health: () => [],
    close: () => undefined,
  };
}

async function inRedis(
  url: string,
  { REDIS_TIMEOUT_MS: timeoutMs }: GatewayConfig,
  { clock, logger }: SharedStateDeps,
): Promise<SharedState> {
  const redis = await RedisConnection.open({
    url,
    timeoutMs,
    clock,
    onState: (state) => logState(logger, new URL(url).host, state),
  });
  const ok = (): boolean => redis.state.kind === 'connected';
  const detail = (): string => `Redis at ${redis.address}: ${redis.state.kind === 'away' ? redis.state.because : 'connected'}`;
  return {
    rates: new RedisRateStore(redis),
    ratesFallback: new MemoryRateStore(clock),
    keys: new RedisIdempotencyStore(redis, keptReply),
    snapshot: () => ({ kind: 'redis', ok: ok(), since: new Date(redis.state.sinceMs).toISOString(), detail: detail() }),
    health: () => [{ name: 'shared-state', ok: ok(), detail: detail() }],
    close: () => redis.close(),
  };
}

function logState(logger: FastifyBaseLogger, address: string, state: RedisState): void {
  if (state.kind === 'connected') {
    logger.info(`Redis at ${address} answers: quotas and Idempotency-Keys are shared`);
    return;
  }
  logger.warn(
    { redis: { because: state.because } },
    `Redis at ${address} is away (${state.because}): this gateway counts quotas alone and refuses requests with an Idempotency-Key`,
  );
}
