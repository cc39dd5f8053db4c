import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { errorBudget, OBJECTIVES, type Objective } from '../../src/index.ts';

describe('the objectives', () => {
  test('leave a budget: their shares are below 1, and what may be missed is exact', () => {
    for (const [slo, { share }] of Object.entries<Objective>(OBJECTIVES)) assert.ok(share > 0 && share < 1, slo);
    assert.equal(errorBudget(OBJECTIVES.availability), 0.001);
    assert.equal(errorBudget(OBJECTIVES.latency), 0.01);
  });

  test('availability is missed by server errors, and not by a route that this version does not have', () => {
    const { met } = OBJECTIVES.availability;
    const missed = [200, 404, 429, 499, 500, 501, 502, 503, 504].filter((status) => !met({ status, seconds: 0 }));
    assert.deepEqual(missed, [500, 502, 503, 504]);
  });

  test('latency is missed beyond its bound, whatever the status', () => {
    const { met } = OBJECTIVES.latency;
    for (const status of [200, 499, 503]) {
      assert.ok(met({ status, seconds: 2.5 }));
      assert.ok(!met({ status, seconds: 2.501 }));
    }
  });
});
