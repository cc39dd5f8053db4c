import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  AttemptTimeoutError,
  type BreakerEvidence,
  BreakerOpenError,
  CallCancelledError,
  DeadlineExceededError,
  DrainingError,
  HedgeLostError,
  judgeEnd,
  PipelineStoppedError,
  RetriesExhaustedError,
  type Settled,
  type Verdict,
} from '@penstock/resilience';

const classify = (settled: Settled<unknown>): Verdict =>
  'error' in settled ? { kind: 'unknown', reason: 'thrown' } : { kind: 'success', reason: 'answered' };
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

test('what settled by itself is judged by the classifier', () => {
  assert.deepEqual(judgeEnd({ result: 'answer' }, classify), { kind: 'success', reason: 'answered' });
  assert.deepEqual(judgeEnd({ error: new Error('odd') }, classify), { kind: 'unknown', reason: 'thrown' });
});

test('exhausted retries have the verdict on their last attempt', () => {
  const verdict = { kind: 'permanent', reason: 'TypeError' } as const;
  assert.equal(judgeEnd({ error: new RetriesExhaustedError('cause', { verdict, attempts: 1 }) }, classify), verdict);
});

for (const [error, verdict] of [
  [new DrainingError('engine'), { kind: 'neutral', reason: 'drain' }],
  [new BreakerOpenError('engine', 700, evidence), { kind: 'neutral', reason: 'breaker_open', retryAfterMs: 700 }],
  [new AttemptTimeoutError(250), { kind: 'transient', reason: 'timeout' }],
  [new HedgeLostError(), { kind: 'neutral', reason: 'hedge_lost' }],
  [new CallCancelledError('gone'), { kind: 'neutral', reason: 'cancelled' }],
  [new PipelineStoppedError('engine'), { kind: 'neutral', reason: 'stopped' }],
  [new DeadlineExceededError('server', 500, 1), { kind: 'transient', reason: 'deadline' }],
  [new DeadlineExceededError('client', 500, 1), { kind: 'neutral', reason: 'deadline' }],
] as const) {
  test(`${error.name} is ${verdict.kind}, as ${verdict.reason}: ${error.message}`, () => {
    assert.deepEqual(judgeEnd({ error }, classify), { ...verdict, message: error.message });
  });
}
