import assert from 'node:assert/strict';
import { test } from 'node:test';
import { FakeClock, scriptedRandom } from '@penstock/clock';
import {
  BreakerPolicy,
  BudgetPolicy,
  DeadlinePolicy,
  RetryPolicy,
  resolveBreaker,
  resolveBudget,
  resolveDeadline,
  resolveRetry,
  resolveTimeout,
  TimeoutPolicy,
} from '@penstock/resilience';
import { classify } from './world.ts';

test('the policies of the core tell their names and their lines', () => {
  const clock = new FakeClock();
  const deps = { name: 'engine', clock, random: scriptedRandom(0.5), classify, emit: undefined };
  const deadline = new DeadlinePolicy(resolveDeadline(), clock);
  const budget = new BudgetPolicy(resolveBudget(), clock);
  const timeout = new TimeoutPolicy(resolveTimeout(), deps);
  const retry = new RetryPolicy(resolveRetry({ jitter: { kind: 'none' } }), { ...deps, deadline, budget, timeout });
  const breaker = new BreakerPolicy(resolveBreaker(), deps);
  assert.deepEqual(
    [deadline, budget, timeout, retry].map((policy) => [policy.policy, policy.describe()]),
    [
      ['deadline', 'total 150 s'],
      ['budget', 'budget 0.5/success + 10/s'],
      ['timeout', 'timeout(120 s)'],
      ['retry', 'retry(3, 1s×2≤60s no jitter, budget 0.5/success + 10/s)'],
    ],
  );
  assert.deepEqual(
    [breaker.policy, breaker.state, breaker.retryAfterMs, breaker.evidence.threshold],
    ['breaker', 'closed', 0, 5],
  );
});
