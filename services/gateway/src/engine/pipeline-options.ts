import type {
  BalanceOptions,
  BudgetOptions,
  BulkheadOptions,
  ConcurrencyOptions,
  HedgeOptions,
  Jitter,
  PipelineOptions,
  RetryOptions,
  ThrottleOptions,
} from '@penstock/resilience';
import type { GatewayConfig } from '../config.ts';

/** The options of one engine's policies from the environment. The budget is not among them: all engines share one. */
export function pipelineOptions(config: GatewayConfig): PipelineOptions {
  return {
    deadline: {
      mode: config.TOTAL_TIMEOUT_MODE,
      totalMs: config.TOTAL_TIMEOUT_MS,
      floorWindowMs: config.TOTAL_FLOOR_WINDOW_MS,
    },
    breaker: {
      mode: config.BREAKER_MODE,
      consecutiveCalls: config.BREAKER_THRESHOLD,
      consecutiveAttempts: config.BREAKER_ATTEMPTS,
      attemptRatio: config.BREAKER_ATTEMPT_RATIO,
      attemptVolume: config.BREAKER_ATTEMPT_VOLUME,
      attemptWindowMs: config.BREAKER_ATTEMPT_WINDOW_MS,
      slowCallMs: config.BREAKER_SLOW_CALL_MS,
      slowRatio: config.BREAKER_SLOW_RATIO,
      slowVolume: config.BREAKER_SLOW_VOLUME,
      slowWindowMs: config.BREAKER_SLOW_WINDOW_MS,
      openMs: config.BREAKER_OPEN_MS,
      firstOpenRatio: config.BREAKER_FIRST_OPEN_RATIO,
      openFactor: config.BREAKER_OPEN_FACTOR,
      openJitter: config.BREAKER_OPEN_JITTER,
      probes: config.BREAKER_PROBES,
      probeSuccesses: config.BREAKER_PROBE_SUCCESSES,
      probeLeaseMs: config.BREAKER_PROBE_LEASE_MS,
      readinessMs: config.BREAKER_READINESS_MS,
      readinessJitter: config.BREAKER_READINESS_JITTER,
      readinessTimeoutMs: config.BREAKER_READINESS_TIMEOUT_MS,
      abandonedAfterMs: config.BREAKER_ABANDONED_AFTER_MS,
    },
    retry: retryOptions(config),
    timeout: { mode: config.ATTEMPT_TIMEOUT_MODE, attemptMs: config.ATTEMPT_TIMEOUT_MS },
  };
}

export const retryOptions = (config: GatewayConfig): RetryOptions => ({
  mode: config.RETRY_MODE,
  attempts: config.RETRY_ATTEMPTS,
  baseMs: config.RETRY_BASE_MS,
  factor: config.RETRY_FACTOR,
  maxMs: config.RETRY_CAP_MS,
  jitter: jitter(config),
});

export const budgetOptions = (config: GatewayConfig): BudgetOptions => ({
  mode: config.RETRY_BUDGET_MODE,
  capacity: config.RETRY_BUDGET_CAPACITY,
  perSuccess: config.RETRY_BUDGET_PER_SUCCESS,
  perSecond: config.RETRY_BUDGET_PER_SECOND,
});

export const balanceOptions = (config: GatewayConfig): BalanceOptions => ({
  mode: config.BALANCE_MODE,
  loadWeight: config.BALANCE_LOAD_WEIGHT,
  loadTtlMs: config.BALANCE_LOAD_TTL_MS,
  probeEveryMs: config.BALANCE_PROBE_EVERY_MS,
  restMs: config.BALANCE_REST_MS,
});

export const bulkheadOptions = (config: GatewayConfig): BulkheadOptions => ({
  mode: config.BULKHEAD_MODE,
  maxInFlight: config.BULKHEAD_MAX,
  maxQueued: config.BULKHEAD_QUEUE,
  maxWaitMs: config.BULKHEAD_WAIT_MS,
});

export const concurrencyOptions = (config: GatewayConfig): ConcurrencyOptions => ({
  mode: config.CONCURRENCY_MODE,
  algorithm: config.CONCURRENCY_ALGORITHM,
  initial: config.CONCURRENCY_INITIAL ?? config.CONCURRENCY_MAX,
  min: config.CONCURRENCY_MIN,
  max: config.CONCURRENCY_MAX,
  batchShare: config.CONCURRENCY_BATCH_SHARE,
  backoffRatio: config.CONCURRENCY_BACKOFF_RATIO,
  smoothing: config.CONCURRENCY_SMOOTHING,
  tolerance: config.CONCURRENCY_TOLERANCE,
  longWindow: config.CONCURRENCY_LONG_WINDOW,
  headroom: config.CONCURRENCY_HEADROOM,
});

export const hedgeOptions = (config: GatewayConfig): HedgeOptions => ({
  mode: config.HEDGE_MODE,
  delay:
    config.HEDGE_DELAY_MS === undefined
      ? { kind: 'percentile', percentile: config.HEDGE_PERCENTILE }
      : { kind: 'fixed', ms: config.HEDGE_DELAY_MS },
  minDelayMs: config.HEDGE_MIN_DELAY_MS,
  minSamples: config.HEDGE_MIN_SAMPLES,
});

export const throttleOptions = (config: GatewayConfig): ThrottleOptions => ({
  mode: config.THROTTLE_MODE,
  k: config.THROTTLE_K,
  windowMs: config.THROTTLE_WINDOW_MS,
  maxProbability: config.THROTTLE_MAX_PROBABILITY,
  minRps: config.THROTTLE_MIN_RPS,
});

function jitter({ RETRY_JITTER: kind, RETRY_JITTER_RATIO: ratio }: GatewayConfig): Jitter {
  return kind === 'proportional' ? { kind, ratio } : { kind };
}
