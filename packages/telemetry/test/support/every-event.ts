import type { BreakerEvidence, CallId, PolicyEvent } from '@penstock/resilience';

export const CALL: CallId = { sequence: 1 };
const ofCall = { name: 'engine', call: CALL };
const ofLayer = { ...ofCall, shadow: false };

export const EVIDENCE: BreakerEvidence = {
  consecutiveFailures: 5,
  threshold: 5,
  consecutiveAttempts: 15,
  failureRatio: 0.75,
  volume: 120,
  slowRatio: 0.1,
  slowVolume: 40,
  epoch: 1,
  trips: 1,
  lastReason: 'ECONNREFUSED',
};

type EventOf<T extends PolicyEvent['type']> = PolicyEvent & { readonly type: T };

/** One event of each type, all of one call where they may belong to one. */
export const EVERY_EVENT: { readonly [T in PolicyEvent['type']]: EventOf<T> } = {
  attempt_started: { type: 'attempt_started', ...ofCall, attempt: 1, of: 3, remainingMs: 1000, timeoutMs: 500 },
  attempt_finished: {
    type: 'attempt_finished',
    ...ofCall,
    attempt: 1,
    of: 3,
    outcome: 'transient',
    reason: 'ECONNREFUSED',
    message: 'connect ECONNREFUSED',
    durationMs: 1,
  },
  retry_scheduled: {
    type: 'retry_scheduled',
    ...ofCall,
    attempt: 1,
    of: 3,
    delayMs: 1234,
    reason: 'ECONNREFUSED',
    message: 'connect ECONNREFUSED',
  },
  retry_refused: { type: 'retry_refused', ...ofCall, attempt: 3, of: 3, because: 'attempts', reason: 'ECONNREFUSED' },
  budget_changed: { type: 'budget_changed', ...ofCall, tokens: 99 },
  breaker_transition: {
    type: 'breaker_transition',
    ...ofCall,
    from: 'closed',
    to: 'open',
    because: 'consecutive_calls',
    evidence: EVIDENCE,
    epoch: 1,
    consecutive: 5,
    at: 1_700_000_000_500,
  },
  breaker_call: {
    type: 'breaker_call',
    ...ofCall,
    status: 'rejected',
    consecutiveFailures: 5,
    epoch: 1,
    probe: false,
    stale: false,
    evidence: EVIDENCE,
    retryAfterMs: 42_000,
  },
  readiness_probed: { type: 'readiness_probed', name: 'engine', answer: 'not_ready', durationMs: 3.2 },
  deadline_exceeded: { type: 'deadline_exceeded', ...ofCall, whose: 'server', totalMs: 1000, attempts: 3 },
  shadow_decision: { type: 'shadow_decision', ...ofCall, policy: 'timeout', would: 'cut', reason: 'timeout' },
  options_reloaded: { type: 'options_reloaded', name: 'engine', line: 'breaker(off)' },
  call_finished: {
    type: 'call_finished',
    ...ofCall,
    outcome: 'failure',
    reason: 'ECONNREFUSED',
    attempts: 3,
    durationMs: 9,
  },
  bulkhead_queued: { type: 'bulkhead_queued', ...ofLayer, priority: 'batch', inFlight: 4, queued: 2 },
  bulkhead_refused: { type: 'bulkhead_refused', ...ofLayer, because: 'full', priority: 'batch', inFlight: 4, queued: 8 },
  throttle_refused: { type: 'throttle_refused', ...ofLayer, probability: 0.4, requests: 50, accepts: 10 },
  concurrency_shed: {
    type: 'concurrency_shed',
    ...ofLayer,
    priority: 'interactive',
    inFlight: 20,
    limit: 20,
    retryAfterMs: 1500,
  },
  concurrency_limit_changed: { type: 'concurrency_limit_changed', name: 'engine', from: 20, to: 18, because: 'drop' },
  hedge_started: { type: 'hedge_started', ...ofLayer, delayMs: 80 },
  hedge_refused: { type: 'hedge_refused', ...ofLayer, because: 'budget', delayMs: 80 },
  hedge_finished: { type: 'hedge_finished', ...ofCall, won: 'second' },
  coalesce_joined: { type: 'coalesce_joined', ...ofLayer, sharing: 2 },
  coalesce_finished: { type: 'coalesce_finished', name: 'gateway', shared: 2, abandoned: false },
  stale_served: { type: 'stale_served', ...ofLayer, ageMs: 7000, maxStaleMs: Number.POSITIVE_INFINITY },
  stale_evicted: { type: 'stale_evicted', name: 'gateway', because: 'age', bytes: 512 },
  fallback_used: { type: 'fallback_used', ...ofLayer, reason: 'breaker_open' },
  fallback_failed: { type: 'fallback_failed', ...ofCall, reason: 'breaker_open', message: 'no such file' },
  balance_picked: { type: 'balance_picked', ...ofLayer, endpoint: 'engine-2', because: 'least_loaded' },
  balance_exhausted: { type: 'balance_exhausted', ...ofCall, endpoints: 2 },
  balance_ejected: { type: 'balance_ejected', name: 'engine', endpoint: 'engine-1' },
  balance_restored: { type: 'balance_restored', name: 'engine', endpoint: 'engine-1' },
  idempotency_decided: { type: 'idempotency_decided', ...ofLayer, decision: 'replay' },
  idempotency_store_failed: { type: 'idempotency_store_failed', ...ofCall, during: 'claim', message: 'Redis is away' },
  idempotency_lease_lost: { type: 'idempotency_lease_lost', ...ofCall },
  rate_limited: { type: 'rate_limited', ...ofLayer, limit: 60, retryAfterMs: 900 },
  rate_limit_store_failed: { type: 'rate_limit_store_failed', ...ofCall, message: 'Redis is away' },
};

/** The same, told by policies in shadow mode. */
export const SHADOWED: readonly PolicyEvent[] = Object.values<PolicyEvent>(EVERY_EVENT)
  .filter((event) => 'shadow' in event || event.type === 'breaker_transition')
  .map((event) => ({ ...event, shadow: true }) as PolicyEvent);
