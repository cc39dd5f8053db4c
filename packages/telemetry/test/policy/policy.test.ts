import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { BreakerEvidence, PolicyEvent } from '@penstock/resilience';
import { createMetrics, endSpan, OFF_SPAN, policyListener, spanEvents, startServerSpan } from '../../src/index.ts';
import { recordingLog } from '../support/recording-log.ts';
import { recordingTracing } from '../support/recording-tracing.ts';

const call = { sequence: 1 };
const quiet = { consecutiveAttempts: 0, failureRatio: 0, volume: 0, slowRatio: 0, slowVolume: 0 };
const evidence: BreakerEvidence = {
  consecutiveFailures: 5,
  threshold: 5,
  ...quiet,
  epoch: 1,
  trips: 1,
  lastReason: 'ECONNREFUSED',
};
const STORY: readonly PolicyEvent[] = [
  { type: 'attempt_started', name: 'engine', call, attempt: 1, of: 3, remainingMs: 1000, timeoutMs: 500 },
  {
    type: 'attempt_finished',
    name: 'engine',
    call,
    attempt: 1,
    of: 3,
    outcome: 'transient',
    reason: 'ECONNREFUSED',
    message: 'm',
    durationMs: 1,
  },
  { type: 'budget_changed', name: 'engine', call, tokens: 99 },
  {
    type: 'retry_scheduled',
    name: 'engine',
    call,
    attempt: 1,
    of: 3,
    delayMs: 1234,
    reason: 'ECONNREFUSED',
    message: 'connect ECONNREFUSED',
  },
  { type: 'retry_refused', name: 'engine', call, attempt: 3, of: 3, because: 'attempts', reason: 'ECONNREFUSED' },
  {
    type: 'breaker_transition',
    name: 'engine',
    call,
    from: 'closed',
    to: 'open',
    because: 'consecutive_calls',
    evidence,
    epoch: 1,
    consecutive: 5,
    at: 1_700_000_000_500,
  },
  { type: 'breaker_call', name: 'engine', call, status: 'failure', consecutiveFailures: 5, epoch: 0, probe: false, stale: false },
  {
    type: 'breaker_call',
    name: 'engine',
    call,
    status: 'rejected',
    consecutiveFailures: 5,
    epoch: 1,
    probe: false,
    stale: false,
    evidence,
    retryAfterMs: 42_000,
  },
  { type: 'deadline_exceeded', name: 'engine', call, whose: 'server', totalMs: 1000, attempts: 3 },
  { type: 'call_finished', name: 'engine', call, outcome: 'failure', reason: 'ECONNREFUSED', attempts: 3, durationMs: 9 },
];

test('every event of the policies reaches its series', async () => {
  const metrics = createMetrics({ service: 'gateway', enabled: true });
  const { log } = recordingLog();
  const listen = policyListener({ metrics, logger: log, engines: ['engine'], startedAtMs: 1_600_000_000_000 });
  const before = await metrics.registry.metrics();
  assert.match(before, /circuit_breaker_state\{breaker_name="engine"\} 0/);
  assert.match(before, /circuit_breaker_last_state_change_timestamp\{breaker_name="engine"\} 1600000000\n/);
  for (const event of STORY) listen(event);
  const text = await metrics.registry.metrics();
  for (const line of [
    'circuit_breaker_state{breaker_name="engine"} 1',
    'circuit_breaker_calls_total{breaker_name="engine",status="failure"} 1',
    'circuit_breaker_calls_total{breaker_name="engine",status="rejected"} 1',
    'circuit_breaker_transitions_total{breaker_name="engine",from_state="closed",to_state="open"} 1',
    'circuit_breaker_consecutive_failures{breaker_name="engine"} 5',
    'circuit_breaker_last_state_change_timestamp{breaker_name="engine"} 1700000000.5',
    'orchestrator_retry_total{reason="ECONNREFUSED"} 1',
    'deadline_exceeded_total 1',
    'gateway_calls_total{outcome="failure"} 1',
  ]) {
    assert.ok(text.split('\n').includes(line), line);
  }
});

test('decisions of the other policies are counted, carried out or only watched', async () => {
  const metrics = createMetrics({ service: 'gateway', enabled: true });
  const { log, lines } = recordingLog();
  const listen = policyListener({ metrics, logger: log, engines: [], startedAtMs: 0 });
  listen({ type: 'rate_limited', name: 'gateway', shadow: false, limit: 1, retryAfterMs: 1 });
  listen({ type: 'coalesce_joined', name: 'gateway', shadow: true, sharing: 2 });
  listen({ type: 'shadow_decision', name: 'engine', call, policy: 'breaker', would: 'refuse', reason: 'breaker_open' });
  listen({ type: 'readiness_probed', name: 'engine', answer: 'not_ready', durationMs: 1 });
  listen({ type: 'balance_restored', name: 'engine', endpoint: 'engine-1' });
  listen({ type: 'options_reloaded', name: 'engine', line: 'breaker(off)' });
  const text = (await metrics.registry.metrics()).split('\n');
  for (const line of [
    'policy_decisions_total{policy="rate-limit",decision="refuse",mode="enforce"} 1',
    'policy_decisions_total{policy="coalesce",decision="join",mode="shadow"} 1',
    'policy_decisions_total{policy="breaker",decision="refuse",mode="shadow"} 1',
    'readiness_probes_total{breaker_name="engine",answer="not_ready"} 1',
  ]) {
    assert.ok(text.includes(line), line);
  }
  assert.deepEqual(lines(), ['info Options of engine reloaded: breaker(off)']);
});

test('a retry, its end and the breaker are told in the log', () => {
  const { log, lines } = recordingLog();
  const metrics = createMetrics({ service: 'gateway', enabled: false });
  const listen = policyListener({ metrics, logger: log, engines: ['engine'], startedAtMs: 0 });
  for (const event of STORY) listen(event);
  assert.deepEqual(lines(), [
    'warn [Retry] Attempt 1/3 failed: connect ECONNREFUSED. Retrying in 1.23s',
    'warn [Retry] Attempt 3/3 failed: ECONNREFUSED. No further attempt: it was the last one',
    'warn Circuit breaker OPEN for engine: consecutive_calls (5 in a row, last failure ECONNREFUSED)',
  ]);
});

test('the span of the request carries each decision with its evidence', () => {
  const { tracing, spans } = recordingTracing();
  const span = startServerSpan(tracing, { method: 'POST', route: '/', headers: {} });
  const listen = spanEvents(span)!;
  for (const event of STORY) listen(event);
  endSpan(span, { status: 503 });
  const [ended] = spans();
  assert.deepEqual(
    ended!.events.map(({ name }) => name),
    ['retry.scheduled', 'retry.stopped', 'breaker.transition', 'breaker.outcome', 'breaker.rejected', 'deadline.exceeded'],
  );
  assert.deepEqual(
    { ...ended!.events[4]!.attributes },
    {
      'penstock.breaker.name': 'engine',
      'penstock.outcome': 'rejected',
      'penstock.breaker.epoch': 1,
      'penstock.breaker.consecutive_failures': 5,
      'penstock.breaker.probe': false,
      'penstock.breaker.stale': false,
      'penstock.breaker.next_attempt_in_ms': 42_000,
      'penstock.breaker.threshold': 5,
      'penstock.breaker.trips': 1,
      'penstock.breaker.last_reason': 'ECONNREFUSED',
    },
  );
  assert.equal(ended!.attributes['penstock.attempts'], 3);
  assert.equal(ended!.attributes['penstock.outcome'], 'failure');
});

test('with tracing off a call has no listener', () => {
  assert.equal(spanEvents(OFF_SPAN), undefined);
});
