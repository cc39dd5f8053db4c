import assert from 'node:assert/strict';
import { test } from 'node:test';
import { loadSign, type Verdict, willingness } from '@penstock/resilience';

const verdict = (kind: Verdict['kind'], reason: string, pushback?: true): Verdict => ({
  kind,
  reason,
  ...(pushback && { pushback }),
});

for (const [given, load, answer] of [
  [verdict('success', '200'), 'answered', 'accepted'],
  [verdict('permanent', '501'), 'answered', 'accepted'],
  [verdict('neutral', 'cancelled'), 'ignored', 'neutral'],
  [verdict('neutral', 'deadline'), 'ignored', 'neutral'],
  [verdict('transient', 'timeout'), 'dropped', 'accepted'],
  [verdict('transient', 'deadline'), 'dropped', 'accepted'],
  [verdict('transient', '429'), 'dropped', 'rejected'],
  [verdict('transient', '503', true), 'dropped', 'rejected'],
  [verdict('transient', '503'), 'ignored', 'accepted'],
  [verdict('unknown', '500'), 'ignored', 'accepted'],
] as const) {
  const pushed = given.pushback ? ' by pushback' : '';
  test(`${given.kind} ${given.reason}${pushed} says ${load} of the load; as an answer, ${answer} of the willingness`, () => {
    assert.equal(loadSign(given), load);
    assert.equal(willingness({ result: 'answer' }, given), answer);
    assert.equal(willingness({ error: 'none came' }, given), 'neutral');
  });
}
