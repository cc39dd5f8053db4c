import type { Jitter, PipelineOptions } from '@penstock/resilience';
import type { GatewayConfig } from '../config.ts';

/** The policies' options from the environment. */
export function pipelineOptions(config: GatewayConfig): PipelineOptions {
  return {
    deadline: { totalMs: config.TOTAL_TIMEOUT_MS },
    breaker: {
      consecutiveCalls: config.BREAKER_THRESHOLD,
      openMs: config.BREAKER_OPEN_MS,
      firstOpenRatio: config.BREAKER_FIRST_OPEN_RATIO,
      openFactor: config.BREAKER_OPEN_FACTOR,
      openJitter: config.BREAKER_OPEN_JITTER,
      probes: config.BREAKER_PROBES,
      probeSuccesses: config.BREAKER_PROBE_SUCCESSES,
      probeLeaseMs: config.BREAKER_PROBE_LEASE_MS,
      abandonedAfterMs: config.BREAKER_ABANDONED_AFTER_MS,
    },
    retry: {
      attempts: config.RETRY_ATTEMPTS,
      baseMs: config.RETRY_BASE_MS,
      factor: config.RETRY_FACTOR,
      maxMs: config.RETRY_CAP_MS,
      jitter: jitter(config),
    },
    budget: {
      capacity: config.RETRY_BUDGET_CAPACITY,
      perSuccess: config.RETRY_BUDGET_PER_SUCCESS,
      perSecond: config.RETRY_BUDGET_PER_SECOND,
    },
    timeout: { attemptMs: config.ATTEMPT_TIMEOUT_MS },
  };
}

function jitter({ RETRY_JITTER: kind, RETRY_JITTER_RATIO: ratio }: GatewayConfig): Jitter {
  return kind === 'proportional' ? { kind, ratio } : { kind };
}
