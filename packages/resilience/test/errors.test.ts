import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  AttemptTimeoutError,
  type BreakerEvidence,
  BreakerOpenError,
  BulkheadFullError,
  CallCancelledError,
  DeadlineExceededError,
  DrainingError,
  HedgeLostError,
  IdempotencyError,
  LocalRefusalError,
  OverloadedError,
  PipelineStoppedError,
  RateLimitedError,
  RateLimitUnavailableError,
  RetriesExhaustedError,
  ThrottledError,
} from '@penstock/resilience';

const evidence: BreakerEvidence = {
  consecutiveFailures: 5,
  threshold: 5,
  consecutiveAttempts: 5,
  failureRatio: 1,
  volume: 5,
  slowRatio: 0,
  slowVolume: 0,
  epoch: 1,
  trips: 1,
  lastReason: 'ECONNREFUSED',
};
const counts = { inFlight: 3, queued: 5 };
const decision = { allowed: false, remaining: 0, resetMs: 9000, retryAfterMs: 1200 };

for (const [make, name, message] of [
  [
    () => new BreakerOpenError('engine', 1001, evidence),
    'BreakerOpenError',
    'Circuit breaker OPEN for engine: next attempt in 2 s',
  ],
  [() => new BreakerOpenError('engine', 0, evidence), 'BreakerOpenError', 'Circuit breaker OPEN for engine: next attempt in 1 s'],
  [
    () => new DeadlineExceededError('client', 500, 1),
    'DeadlineExceededError',
    "The client's deadline of 500 ms passed after 1 attempt",
  ],
  [
    () => new DeadlineExceededError('server', 500, 2),
    'DeadlineExceededError',
    "The server's deadline of 500 ms passed after 2 attempts",
  ],
  [
    () => new DeadlineExceededError('server', 500, 0, 600.2),
    'DeadlineExceededError',
    "The server's deadline of 500 ms leaves less than the 601 ms that the fastest answer lately took; given up after 0 attempts",
  ],
  [() => new AttemptTimeoutError(250), 'AttemptTimeoutError', 'No answer within 250 ms'],
  [() => new CallCancelledError('gone'), 'CallCancelledError', 'The client went away'],
  [() => new PipelineStoppedError('engine'), 'PipelineStoppedError', 'The pipeline to engine has stopped'],
  [() => new HedgeLostError(), 'HedgeLostError', 'The other attempt was answered first'],
] as const) {
  test(`${name}: ${message}`, () => {
    const error = make();
    assert.deepEqual([error.name, error.message], [name, message]);
    assert.ok(!(error instanceof LocalRefusalError));
  });
}

for (const [make, name, layer, retryAfterMs, message] of [
  [() => new DrainingError('engine'), 'DrainingError', 'drain', 1000, 'Calls to engine are being drained'],
  [
    () => new ThrottledError('engine', 0.8),
    'ThrottledError',
    'throttle',
    1000,
    'Throttled: engine accepts too few of the requests it gets',
  ],
  [
    () => new BulkheadFullError('engine', 'full', counts, 1),
    'BulkheadFullError',
    'bulkhead',
    undefined,
    'Bulkhead of engine: the queue is full (3 in flight, 5 waiting)',
  ],
  [
    () => new BulkheadFullError('engine', 'wait', counts, 1),
    'BulkheadFullError',
    'bulkhead',
    undefined,
    'Bulkhead of engine: no place came free in time (3 in flight, 5 waiting)',
  ],
  [
    () => new OverloadedError('engine', 'batch', 8, 7, 1500),
    'OverloadedError',
    'concurrency',
    1500,
    'Overloaded: 8 calls to engine in flight, 7 allowed for batch ones',
  ],
  [() => new RateLimitedError(600, 60_000, decision), 'RateLimitedError', 'rate-limit', 1200, 'More than 600 requests in 60 s'],
  [
    () => new RateLimitUnavailableError('away'),
    'RateLimitUnavailableError',
    'rate-limit',
    1000,
    'Rate limits cannot be looked up',
  ],
  [
    () => new IdempotencyError('in_flight', 700),
    'IdempotencyError',
    'idempotency',
    700,
    'A request with this Idempotency-Key is being executed',
  ],
  [
    () => new IdempotencyError('mismatch'),
    'IdempotencyError',
    'idempotency',
    undefined,
    'This Idempotency-Key belongs to a request with another content',
  ],
  [() => new IdempotencyError('key'), 'IdempotencyError', 'idempotency', undefined, 'The Idempotency-Key is empty or too long'],
  [() => new IdempotencyError('store', 1000), 'IdempotencyError', 'idempotency', 1000, 'Idempotency-Keys cannot be looked up'],
] as const) {
  test(`a refusal names its layer and when to ask again: ${message}`, () => {
    const error = make();
    assert.ok(error instanceof LocalRefusalError);
    assert.deepEqual([error.name, error.layer, error.retryAfterMs, error.message], [name, layer, retryAfterMs, message]);
  });
}

test('an error of the store is the cause of the refusal that it led to', () => {
  assert.equal(new RateLimitUnavailableError('away').cause, 'away');
  assert.equal(new IdempotencyError('store', 1000, 'away').cause, 'away');
  assert.ok(!('cause' in new IdempotencyError('key')));
});

test('exhausted retries say why they ended: the refusal, or else the kind of the verdict', () => {
  const verdict = { kind: 'transient', reason: '503' } as const;
  const cause = new Error('socket hang up');
  const message = (...end: ConstructorParameters<typeof RetriesExhaustedError>) => new RetriesExhaustedError(...end).message;
  assert.equal(message(cause, { verdict, attempts: 1 }), 'Failed after 1 attempt (transient): socket hang up');
  assert.equal(message(cause, { verdict, attempts: 3, refusal: 'budget' }), 'Failed after 3 attempts (budget): socket hang up');
  assert.equal(message(new Error(''), { verdict, attempts: 2 }), 'Failed after 2 attempts (transient): 503');
  assert.equal(message('a string', { verdict, attempts: 2 }), 'Failed after 2 attempts (transient): 503');
  assert.equal(
    message(cause, { verdict: { ...verdict, message: 'busy' }, attempts: 2 }),
    'Failed after 2 attempts (transient): busy',
  );
  const error = new RetriesExhaustedError(cause, { verdict, attempts: 3, refusal: 'budget', retryAfterMs: 1500 });
  assert.deepEqual(
    [error.name, error.cause, error.verdict, error.attempts, error.refusal, error.retryAfterMs],
    ['RetriesExhaustedError', cause, verdict, 3, 'budget', 1500],
  );
});
