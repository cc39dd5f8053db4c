import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { ColumnSummary } from '@penstock/contracts';
import { dataHealth } from '../../src/analysis/data-health.ts';

describe('the health of data', () => {
  it('is one minus the mean of the three shares', () => {
    const columns = [
      { missing: 5, distinct: 4 },
      { missing: 0, distinct: 1 },
    ] as ColumnSummary[];
    assert.equal(dataHealth({ rows: 10, columns }, 1), 1 - (0.25 + 0.5 + 0.1) / 3);
    assert.equal(dataHealth({ rows: 0, columns }, 0), null);
  });
});
