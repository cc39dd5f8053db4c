import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { EstimatorOk } from '@penstock/contracts';
import { ciOverlapIndex, signConsensus } from '../../../src/analysis/run/agreement.ts';

const ok = (estimate: number, ci_lower: number | null, ci_upper: number | null, estimand = 'ATE') =>
  ({ estimate, ci_lower, ci_upper, estimand }) as EstimatorOk;

describe('agreement between estimators', () => {
  it('of signs is the share of the majority', () => {
    assert.equal(signConsensus([ok(1, 0, 2), ok(2, 0, 2), ok(-1, -2, 0), ok(3, 0, 2)]), 0.75);
    assert.equal(signConsensus([ok(0, 0, 0)]), null);
  });

  it('of intervals is intersection over union, averaged over pairs of one estimand', () => {
    assert.equal(ciOverlapIndex([ok(1, 0, 2), ok(1, 1, 3)]), 1 / 3);
    assert.equal(ciOverlapIndex([ok(1, 0, 2), ok(1, 0, 2), ok(1, 5, 6)]), 1 / 3);
    assert.equal(ciOverlapIndex([ok(1, 0, 2), ok(1, 0, 2, 'ATT'), ok(1, null, null)]), null);
    assert.equal(ciOverlapIndex([ok(1, 1, 1), ok(1, 1, 1)]), 1);
  });
});
