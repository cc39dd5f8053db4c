import assert from 'node:assert/strict';
import { test } from 'node:test';
import { FakeClock, scriptedRandom } from '@penstock/clock';
import {
  BREAKER_DEFAULTS,
  BUDGET_DEFAULTS,
  createPipeline,
  DEADLINE_DEFAULTS,
  type PipelineDeps,
  type PipelineOptions,
  RETRY_DEFAULTS,
  TIMEOUT_DEFAULTS,
} from '@penstock/resilience';
import { classify } from './world.ts';

const build = (options: object, deps: Partial<PipelineDeps> = {}) =>
  createPipeline(options as PipelineOptions, {
    name: 'engine',
    clock: new FakeClock(),
    random: scriptedRandom(0.5),
    classify,
    ...deps,
  });

test('the defaults are those of the documentation', () => {
  assert.deepEqual(DEADLINE_DEFAULTS, { mode: 'enforce', totalMs: 150_000, floorWindowMs: 60_000 });
  assert.deepEqual(BREAKER_DEFAULTS, {
    mode: 'enforce',
    consecutiveCalls: 5,
    consecutiveAttempts: 100,
    attemptRatio: 0.5,
    attemptVolume: 100,
    attemptWindowMs: 10_000,
    slowCallMs: 0,
    slowRatio: 0.8,
    slowVolume: 20,
    slowWindowMs: 60_000,
    openMs: 60_000,
    firstOpenRatio: 0.5,
    openFactor: 2,
    openJitter: 0.2,
    probes: 3,
    probeSuccesses: 2,
    probeLeaseMs: 30_000,
    readinessMs: 1000,
    readinessJitter: 0.2,
    readinessTimeoutMs: 1000,
    abandonedAfterMs: 10_000,
  });
  assert.deepEqual(RETRY_DEFAULTS, {
    mode: 'enforce',
    attempts: 3,
    baseMs: 1000,
    factor: 2,
    maxMs: 60_000,
    jitter: { kind: 'proportional', ratio: 0.2 },
  });
  assert.deepEqual(BUDGET_DEFAULTS, { mode: 'enforce', perSuccess: 0.5, perSecond: 10, capacity: 100 });
  assert.deepEqual(TIMEOUT_DEFAULTS, { mode: 'enforce', attemptMs: 120_000 });
});

const REST = 'retry(3, 1s×2≤60s ±20 %, budget 0.5/success + 10/s) > timeout(120 s) ; total 150 s';

test('the start line has every layer with its numbers', () => {
  assert.equal(
    build({}, { probe: async () => true }).describe(),
    `breaker(5 calls in a row | 100 attempts in a row | 50 % of ≥100 attempts in 10 s, ≤60 s, readiness probe 1 s) > ${REST}`,
  );
  assert.equal(
    build({}).describe(),
    `breaker(5 calls in a row | 100 attempts in a row | 50 % of ≥100 attempts in 10 s, ≤60 s) > ${REST}`,
    'without a probe it does not claim one',
  );
  assert.equal(
    build({
      retry: { baseMs: 250, jitter: { kind: 'full' } },
      breaker: { consecutiveCalls: 1, consecutiveAttempts: 1, attemptRatio: 0, slowCallMs: 2000, openMs: 500 },
    }).describe(),
    'breaker(1 failed call | 1 failed attempt | 80 % of ≥20 calls in 60 s slower than 2 s, ≤0.5 s)' +
      ' > retry(3, 0.25s×2≤60s full jitter, budget 0.5/success + 10/s) > timeout(120 s) ; total 150 s',
  );
});

test('the start line tells which layers only watch and which are off, and that no rule is left', () => {
  const none = { consecutiveCalls: 0, consecutiveAttempts: 0, attemptRatio: 0 };
  const shadow = { mode: 'shadow' };
  const off = { mode: 'off' };
  assert.equal(
    build({ breaker: { ...none, readinessMs: 0 } }, { probe: async () => true }).describe(),
    `breaker(no rule, ≤60 s) > ${REST}`,
  );
  assert.equal(
    build({ breaker: { ...none, ...shadow }, retry: shadow, budget: shadow, timeout: shadow, deadline: shadow }).describe(),
    'breaker(shadow: no rule, ≤60 s) > retry(shadow: 3, 1s×2≤60s ±20 %, budget(shadow: 0.5/success + 10/s))' +
      ' > timeout(shadow: 120 s) ; total(shadow: 150 s)',
  );
  assert.equal(
    build({ breaker: off, retry: off, budget: off, timeout: off, deadline: off }).describe(),
    'breaker(off) > retry(off) > timeout(off) ; total(off)',
  );
  assert.match(build({ budget: off }).describe(), /±20 %, budget\(off\)\)/);
});

for (const [options, message] of [
  [{ breaker: { consecutiveCalls: -1 } }, 'breaker.consecutiveCalls must be an integer from 0 to 1000, got -1'],
  [{ breaker: { consecutiveCalls: 2.5 } }, 'breaker.consecutiveCalls must be an integer from 0 to 1000, got 2.5'],
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
  [{ timeout: { atemptMs: 1 } }, 'timeout.atemptMs is not an option; known are mode, attemptMs'],
  [{ hedge: {} }, 'pipeline.hedge is not an option; known are deadline, breaker, retry, budget, timeout'],
] as const) {
  test(`an option that does not fit is refused: ${message}`, () => {
    assert.throws(() => build(options), new RangeError(message));
  });
}
