import type { Jitter, PipelineOptions } from '@penstock/resilience';
import type { GatewayConfig } from '../config.ts';

/** The policies' options from the environment. */
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
    retry: {
      mode: config.RETRY_MODE,
      attempts: config.RETRY_ATTEMPTS,
      baseMs: config.RETRY_BASE_MS,
      factor: config.RETRY_FACTOR,
      maxMs: config.RETRY_CAP_MS,
      jitter: jitter(config),
    },
    budget: {
      mode: config.RETRY_BUDGET_MODE,
      capacity: config.RETRY_BUDGET_CAPACITY,
      perSuccess: config.RETRY_BUDGET_PER_SUCCESS,
      perSecond: config.RETRY_BUDGET_PER_SECOND,
    },
    timeout: { mode: config.ATTEMPT_TIMEOUT_MODE, attemptMs: config.ATTEMPT_TIMEOUT_MS },
  };
}

function jitter({ RETRY_JITTER: kind, RETRY_JITTER_RATIO: ratio }: GatewayConfig): Jitter {
  return kind === 'proportional' ? { kind, ratio } : { kind };
}
