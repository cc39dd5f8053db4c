import assert from 'node:assert/strict';
import { test } from 'node:test';
import { FakeClock, scriptedRandom } from '@penstock/clock';
import {
  BREAKER_DEFAULTS,
  BUDGET_DEFAULTS,
  createPipeline,
  DEADLINE_DEFAULTS,
  type PipelineOptions,
  RETRY_DEFAULTS,
  TIMEOUT_DEFAULTS,
} from '@penstock/resilience';
import { classify } from './world.ts';

const build = (options: object) =>
  createPipeline(options as PipelineOptions, { name: 'engine', clock: new FakeClock(), random: scriptedRandom(0.5), classify });

test('the defaults are those of the documentation', () => {
  assert.deepEqual(DEADLINE_DEFAULTS, { totalMs: 150_000, floorWindowMs: 60_000 });
  assert.deepEqual(BREAKER_DEFAULTS, {
    consecutiveCalls: 5,
    openMs: 60_000,
    firstOpenRatio: 0.5,
    openFactor: 2,
    openJitter: 0.2,
    probes: 3,
    probeSuccesses: 2,
    probeLeaseMs: 30_000,
    abandonedAfterMs: 10_000,
  });
  assert.deepEqual(RETRY_DEFAULTS, {
    attempts: 3,
    baseMs: 1000,
    factor: 2,
    maxMs: 60_000,
    jitter: { kind: 'proportional', ratio: 0.2 },
  });
  assert.deepEqual(BUDGET_DEFAULTS, { perSuccess: 0.5, perSecond: 10, capacity: 100 });
  assert.deepEqual(TIMEOUT_DEFAULTS, { attemptMs: 120_000 });
});

test('the start line has every layer with its numbers', () => {
  assert.equal(
    build({}).describe(),
    'breaker(5 calls in a row, ≤60 s) > retry(3, 1s×2≤60s ±20 %, budget 0.5/success + 10/s) > timeout(120 s) ; total 150 s',
  );
  assert.equal(
    build({ retry: { baseMs: 250, jitter: { kind: 'full' } }, breaker: { consecutiveCalls: 1, openMs: 500 } }).describe(),
    'breaker(1 failed call, ≤0.5 s) > retry(3, 0.25s×2≤60s full jitter, budget 0.5/success + 10/s) > timeout(120 s) ; total 150 s',
  );
});

for (const [options, message] of [
  [{ breaker: { consecutiveCalls: 0 } }, 'breaker.consecutiveCalls must be an integer from 1 to 1000, got 0'],
  [{ breaker: { consecutiveCalls: 2.5 } }, 'breaker.consecutiveCalls must be an integer from 1 to 1000, got 2.5'],
  [{ breaker: { openMs: Number.POSITIVE_INFINITY } }, 'breaker.openMs must be a number from 10 to 3600000, got Infinity'],
  [{ breaker: { openMs: '60000' } }, 'breaker.openMs must be a number from 10 to 3600000, got "60000"'],
  [{ breaker: { openJitter: 1 } }, 'breaker.openJitter must be a number from 0 to 0.9, got 1'],
  [{ retry: { attempts: Number.NaN } }, 'retry.attempts must be an integer from 1 to 20, got NaN'],
  [{ retry: { baseMs: 5000, maxMs: 1000 } }, 'retry.baseMs must be at most retry.maxMs (1000), got 5000'],
  [
    { retry: { jitter: { kind: 'some' } } },
    'retry.jitter.kind must be one of none, proportional, equal, full, decorrelated, got "some"',
  ],
  [{ retry: { jitter: null } }, 'retry.jitter.kind must be one of none, proportional, equal, full, decorrelated, got undefined'],
  [{ retry: { jitter: { kind: 'proportional', ratio: 20 } } }, 'retry.jitter.ratio must be a number from 0 to 1, got 20'],
  [{ budget: { capacity: null } }, 'budget.capacity must be a number from 1 to 1000000, got null'],
  [{ timeout: { attemptMs: -1 } }, 'timeout.attemptMs must be a number from 1 to 3600000, got -1'],
  [{ deadline: { totalMs: 0 } }, 'deadline.totalMs must be a number from 1 to 3600000, got 0'],
  [{ timeout: { atemptMs: 1 } }, 'timeout.atemptMs is not an option; known are attemptMs'],
  [{ hedge: {} }, 'pipeline.hedge is not an option; known are deadline, breaker, retry, budget, timeout'],
] as const) {
  test(`an option that does not fit is refused: ${message}`, () => {
    assert.throws(() => build(options), new RangeError(message));
  });
}
