import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { duplicatedRows } from '../../../src/analysis/run/duplicated-rows.ts';

describe('duplicated rows', () => {
  it('are those that repeat an earlier one in every column', () => {
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.integer({ min: 0, max: 3 }), fc.integer({ min: -1, max: 2 })), { maxLength: 60 }),
        (rows) => {
          const count = duplicatedRows(rows.length, [
            { name: 'a', type: 'number', values: Float64Array.from(rows, ([a]) => (a === 3 ? Number.NaN : a)) },
            { name: 'b', type: 'text', levels: ['x', 'y', 'z'], codes: Int32Array.from(rows, ([, b]) => b) },
          ]);
          assert.equal(count, rows.length - new Set(rows.map((row) => row.join())).size);
        },
      ),
    );
  });
});
