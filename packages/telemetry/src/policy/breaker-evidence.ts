import type { BreakerEvidence } from '@penstock/resilience';
import type { SpanAttributes } from '../schema.ts';

/** What a breaker's decision rests on. */
export const evidenceAttributes = (evidence: BreakerEvidence): SpanAttributes => ({
  'penstock.breaker.consecutive_failures': evidence.consecutiveFailures,
  'penstock.breaker.threshold': evidence.threshold,
  'penstock.breaker.consecutive_attempts': evidence.consecutiveAttempts,
  'penstock.breaker.failure_ratio': evidence.failureRatio,
  'penstock.breaker.volume': evidence.volume,
  'penstock.breaker.slow_ratio': evidence.slowRatio,
  'penstock.breaker.slow_volume': evidence.slowVolume,
  'penstock.breaker.epoch': evidence.epoch,
  'penstock.breaker.trips': evidence.trips,
  'penstock.breaker.last_reason': evidence.lastReason ?? undefined,
});
