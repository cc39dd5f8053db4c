import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  BreakerOpenError,
  BulkheadFullError,
  DeadlineExceededError,
  IdempotencyError,
  OverloadedError,
  RateLimitedError,
  RetriesExhaustedError,
  ThrottledError,
} from '@penstock/resilience';
import { evidenceOf, evidenceText } from '../../src/index.ts';
import { EVIDENCE } from '../support/every-event.ts';

const full = new BulkheadFullError('engine', 'full', { inFlight: 4, queued: 8 }, 1);
const end = { verdict: { kind: 'transient', reason: 'ECONNRESET' }, attempts: 3, refusal: 'budget' } as const;
const quota = { allowed: false, remaining: 0, resetMs: 900, retryAfterMs: 900 };

for (const [error, text] of [
  [
    new BreakerOpenError('engine', 42_000, EVIDENCE),
    'consecutiveFailures=5, threshold=5, consecutiveAttempts=15, failureRatio=0.75, volume=120, slowRatio=0.1, slowVolume=40, epoch=1, trips=1, lastReason=ECONNREFUSED',
  ],
  [new DeadlineExceededError('client', 1000, 2), 'whose=client, totalMs=1000, attempts=2'],
  [new DeadlineExceededError('client', 1000, 0, 12.3456), 'whose=client, totalMs=1000, attempts=0, floorMs=12.346'],
  [full, 'because=full, inFlight=4, queued=8'],
  [new OverloadedError('engine', 'batch', 20, 16, 1000), 'priority=batch, inFlight=20, limit=16'],
  [new ThrottledError('engine', 0.41234), 'probability=0.412'],
  [new IdempotencyError('mismatch'), 'because=mismatch'],
  [new RateLimitedError(60, 60_000, quota), 'limit=60, windowMs=60000, remaining=0'],
  [new RetriesExhaustedError(new Error('reset'), end), 'attempts=3, reason=ECONNRESET, refusal=budget'],
  [new RetriesExhaustedError(full, end), 'because=full, inFlight=4, queued=8'],
] as const) {
  test(`${error.name} rests on ${text}`, () => {
    const evidence = evidenceOf(error);
    assert.ok(evidence);
    assert.equal(evidenceText(evidence), text);
  });
}

test('any other error has no evidence', () => {
  assert.equal(evidenceOf(new Error('unexpected')), undefined);
  assert.equal(evidenceOf(undefined), undefined);
});

test('evidence is fit for a quoted string of a header, whatever an engine said', () => {
  assert.equal(evidenceText({ reason: 'a "b"\\\r\nc é' }), 'reason=a ?b????c ?');
});
