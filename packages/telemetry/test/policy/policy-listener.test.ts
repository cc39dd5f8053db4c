import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { PolicyEvent } from '@penstock/resilience';
import { EVERY_EVENT } from '../support/every-event.ts';
import { told, toldOf } from '../support/listening.ts';

interface Expected {
  readonly counted?: readonly string[];
  /** Name of the span event, and what it rests on. */
  readonly event?: readonly [name: string, attributes: Readonly<Record<string, unknown>>];
  readonly logged?: string;
}

const EVIDENCE = {
  'penstock.breaker.consecutive_failures': 5,
  'penstock.breaker.threshold': 5,
  'penstock.breaker.consecutive_attempts': 15,
  'penstock.breaker.failure_ratio': 0.75,
  'penstock.breaker.volume': 120,
  'penstock.breaker.slow_ratio': 0.1,
  'penstock.breaker.slow_volume': 40,
  'penstock.breaker.epoch': 1,
  'penstock.breaker.trips': 1,
  'penstock.breaker.last_reason': 'ECONNREFUSED',
};

const EXPECTED: Readonly<Record<PolicyEvent['type'], Expected>> = {
  attempt_started: {},
  attempt_finished: {},
  retry_scheduled: {
    counted: ['orchestrator_retry_total{reason="ECONNREFUSED"} 1'],
    event: [
      'retry.scheduled',
      { 'penstock.attempt': 1, 'penstock.attempts': 3, 'penstock.delay_ms': 1234, 'penstock.reason': 'ECONNREFUSED' },
    ],
    logged: 'warn [Retry] Attempt 1/3 failed: connect ECONNREFUSED. Retrying in 1.23s',
  },
  retry_refused: {
    counted: ['retries_refused_total{reason="attempts"} 1'],
    event: [
      'retry.stopped',
      { 'penstock.attempt': 3, 'penstock.attempts': 3, 'penstock.reason': 'attempts', 'error.type': 'ECONNREFUSED' },
    ],
    logged: 'warn [Retry] Attempt 3/3 failed: ECONNREFUSED. No further attempt: it was the last one',
  },
  budget_changed: {},
  breaker_transition: {
    counted: [
      'circuit_breaker_transitions_total{breaker_name="engine",from_state="closed",to_state="open"} 1',
      'circuit_breaker_consecutive_failures{breaker_name="engine"} 5',
      'circuit_breaker_last_state_change_timestamp{breaker_name="engine"} 1700000000.5',
    ],
    event: [
      'breaker.transition',
      {
        'penstock.breaker.name': 'engine',
        'penstock.breaker.from': 'closed',
        'penstock.breaker.to': 'open',
        'penstock.reason': 'consecutive_calls',
        ...EVIDENCE,
      },
    ],
    logged: 'warn Circuit breaker OPEN for engine: consecutive_calls (5 in a row, last failure ECONNREFUSED)',
  },
  breaker_call: {
    counted: [
      'circuit_breaker_calls_total{breaker_name="engine",status="rejected"} 1',
      'circuit_breaker_consecutive_failures{breaker_name="engine"} 5',
    ],
    event: [
      'breaker.rejected',
      {
        'penstock.breaker.name': 'engine',
        'penstock.outcome': 'rejected',
        'penstock.breaker.probe': false,
        'penstock.breaker.stale': false,
        'penstock.breaker.next_attempt_in_ms': 42_000,
        ...EVIDENCE,
      },
    ],
  },
  readiness_probed: {
    counted: ['readiness_probes_total{breaker_name="engine",answer="not_ready"} 1'],
    logged: 'debug Readiness of engine while its breaker is open: not_ready in 3 ms',
  },
  // The gateway counts the requests that it answers so: several may have waited for one call.
  deadline_exceeded: {
    event: [
      'deadline.exceeded',
      { 'penstock.deadline.whose': 'server', 'penstock.deadline.total_ms': 1000, 'penstock.attempts': 3 },
    ],
  },
  shadow_decision: {
    counted: ['shadow_decisions_total{policy="timeout",decision="cut"} 1'],
    event: ['shadow.decision', { 'penstock.policy': 'timeout', 'penstock.would': 'cut', 'penstock.reason': 'timeout' }],
  },
  options_reloaded: { logged: 'info Options of engine reloaded: breaker(off)' },
  call_finished: { counted: ['gateway_calls_total{outcome="failure"} 1'] },
  bulkhead_queued: {
    event: [
      'bulkhead.queued',
      { 'penstock.engine': 'engine', 'penstock.priority': 'batch', 'penstock.in_flight': 4, 'penstock.queued': 2 },
    ],
  },
  bulkhead_refused: {
    counted: ['shed_total{reason="bulkhead_full",priority="batch"} 1'],
    event: [
      'bulkhead.refused',
      {
        'penstock.engine': 'engine',
        'penstock.priority': 'batch',
        'penstock.in_flight': 4,
        'penstock.queued': 8,
        'penstock.reason': 'full',
      },
    ],
  },
  throttle_refused: {
    counted: ['shed_total{reason="throttle",priority="any"} 1'],
    event: [
      'throttle.refused',
      { 'penstock.engine': 'engine', 'penstock.probability': 0.4, 'penstock.requests': 50, 'penstock.accepts': 10 },
    ],
  },
  concurrency_shed: {
    counted: ['shed_total{reason="concurrency",priority="interactive"} 1'],
    event: [
      'concurrency.shed',
      {
        'penstock.engine': 'engine',
        'penstock.priority': 'interactive',
        'penstock.in_flight': 20,
        'penstock.limit': 20,
        'penstock.retry_after_ms': 1500,
      },
    ],
  },
  concurrency_limit_changed: { logged: 'debug Concurrency limit of engine: 20 → 18 (drop)' },
  hedge_started: { counted: ['hedges_total 1'], event: ['hedge.started', { 'penstock.delay_ms': 80 }] },
  hedge_refused: {
    counted: ['hedges_refused_total{reason="budget"} 1'],
    event: ['hedge.refused', { 'penstock.reason': 'budget', 'penstock.delay_ms': 80 }],
  },
  hedge_finished: { counted: ['hedged_calls_total{won="second"} 1'], event: ['hedge.finished', { 'penstock.won': 'second' }] },
  coalesce_joined: { event: ['coalesce.joined', { 'penstock.sharing': 2 }] },
  coalesce_finished: {},
  // A client that takes an answer of any age names no greatest one.
  stale_served: { counted: ['stale_served_total 1'], event: ['stale.served', { 'penstock.age_ms': 7000 }] },
  stale_evicted: { counted: ['stale_evictions_total{reason="age"} 1'] },
  fallback_used: { event: ['fallback.used', { 'penstock.reason': 'breaker_open' }] },
  fallback_failed: {
    event: ['fallback.failed', { 'penstock.reason': 'breaker_open', 'penstock.message': 'no such file' }],
    logged: 'error The fallback for engine failed, after breaker_open: no such file',
  },
  balance_picked: { event: ['balance.picked', { 'penstock.engine': 'engine-2', 'penstock.reason': 'least_loaded' }] },
  balance_exhausted: { counted: ['balance_exhausted_total 1'], event: ['balance.exhausted', { 'penstock.engines': 2 }] },
  balance_ejected: {
    counted: ['balance_changes_total{engine="engine-1",change="ejected"} 1'],
    logged: 'warn engine-1 gets no calls: its circuit breaker is open',
  },
  balance_restored: {
    counted: ['balance_changes_total{engine="engine-1",change="restored"} 1'],
    logged: 'info engine-1 gets calls again',
  },
  idempotency_decided: {
    counted: ['idempotency_requests_total{decision="replay"} 1'],
    event: ['idempotency.decided', { 'penstock.outcome': 'replay' }],
  },
  idempotency_store_failed: {
    counted: ['policy_store_failures_total{policy="idempotency",operation="claim"} 1'],
    event: ['idempotency.store_failed', { 'penstock.reason': 'claim', 'penstock.message': 'Redis is away' }],
    logged: 'debug The store of engine did not answer (idempotency_store_failed): Redis is away',
  },
  idempotency_lease_lost: {
    counted: ['idempotency_leases_lost_total 1'],
    event: ['idempotency.lease_lost', {}],
    logged: 'warn The lease of an Idempotency-Key ended before its execution: the answer was not kept',
  },
  rate_limited: {
    counted: ['rate_limited_total 1'],
    event: ['rate_limit.refused', { 'penstock.limit': 60, 'penstock.retry_after_ms': 900 }],
  },
  rate_limit_store_failed: {
    counted: ['policy_store_failures_total{policy="rate-limit",operation="take"} 1'],
    event: ['rate_limit.store_failed', { 'penstock.message': 'Redis is away' }],
    logged: 'debug The store of engine did not answer (rate_limit_store_failed): Redis is away',
  },
};

describe('every event of the policies is told', () => {
  for (const event of Object.values<PolicyEvent>(EVERY_EVENT)) {
    const { counted = [], event: onSpan, logged } = EXPECTED[event.type];
    it(`${event.type} in ${counted.length} series, ${onSpan === undefined ? 'no span event' : onSpan[0]}, ${logged === undefined ? 'no' : 'one'} log line`, async () => {
      const heard = await toldOf(['engine', ...(event.type === 'balance_picked' ? ['engine-2'] : [])], event);
      assert.deepEqual([...heard.counted].sort(), [...counted].sort());
      assert.deepEqual(
        heard.span.events.map(({ name, attributes }) => [name, { ...attributes }]),
        onSpan === undefined ? [] : [onSpan],
      );
      assert.deepEqual(heard.logged, logged === undefined ? [] : [logged]);
    });
  }

  it("an engine's series exist before anything has happened to it, so that what happens first is growth", async () => {
    const { begun } = await told();
    assert.deepEqual(
      begun.filter((line) => /breaker_name|engine=/.test(line)),
      [
        'circuit_breaker_calls_total{breaker_name="engine",status="success"} 0',
        'circuit_breaker_calls_total{breaker_name="engine",status="failure"} 0',
        'circuit_breaker_calls_total{breaker_name="engine",status="neutral"} 0',
        'circuit_breaker_calls_total{breaker_name="engine",status="rejected"} 0',
        'circuit_breaker_transitions_total{breaker_name="engine",from_state="closed",to_state="open"} 0',
        'circuit_breaker_transitions_total{breaker_name="engine",from_state="open",to_state="half_open"} 0',
        'circuit_breaker_transitions_total{breaker_name="engine",from_state="half_open",to_state="closed"} 0',
        'circuit_breaker_transitions_total{breaker_name="engine",from_state="half_open",to_state="open"} 0',
        'circuit_breaker_transitions_total{breaker_name="engine",from_state="open",to_state="closed"} 0',
        'circuit_breaker_consecutive_failures{breaker_name="engine"} 0',
        'circuit_breaker_last_state_change_timestamp{breaker_name="engine"} 1600000000',
        'balance_changes_total{engine="engine",change="ejected"} 0',
        'balance_changes_total{engine="engine",change="restored"} 0',
      ],
    );
  });

  it('a success of a closed breaker has its evidence, whether the one before was alike or not', async () => {
    const { evidence: _, retryAfterMs: __, ...call } = EVERY_EVENT.breaker_call;
    const success = { ...call, status: 'success', consecutiveFailures: 0 } as const;
    const { span, counted } = await told(success, success, { ...success, epoch: 2 }, { ...success, probe: true });
    const attributes = {
      'penstock.breaker.name': 'engine',
      'penstock.outcome': 'success',
      'penstock.breaker.epoch': 1,
      'penstock.breaker.consecutive_failures': 0,
      'penstock.breaker.probe': false,
      'penstock.breaker.stale': false,
    };
    assert.deepEqual(
      span.events.map((event) => [event.name, event.attributes]),
      [
        ['breaker.outcome', attributes],
        ['breaker.outcome', attributes],
        ['breaker.outcome', { ...attributes, 'penstock.breaker.epoch': 2 }],
        ['breaker.outcome', { ...attributes, 'penstock.breaker.probe': true }],
      ],
    );
    assert.deepEqual(counted, ['circuit_breaker_calls_total{breaker_name="engine",status="success"} 4']);
  });

  it('that a call goes to the one engine that there is, is no decision', async () => {
    const only = { ...EVERY_EVENT.balance_picked, because: 'only' } as const;
    const events = async (...engines: string[]) => (await toldOf(engines, only, { ...only, shadow: true })).span.events;
    assert.deepEqual(
      (await events('engine')).map(({ name }) => name),
      ['shadow.decision'],
    );
    assert.deepEqual(
      (await events('engine', 'engine-2')).map(({ name }) => name),
      ['balance.picked', 'shadow.decision'],
    );
  });

  it('the end of a call and its tokens are attributes of the span', async () => {
    const { span } = await told(EVERY_EVENT.budget_changed, EVERY_EVENT.call_finished);
    assert.equal(span.attributes['penstock.budget.tokens'], 99);
    assert.equal(span.attributes['penstock.attempts'], 3);
    assert.equal(span.attributes['penstock.outcome'], 'failure');
  });
});
