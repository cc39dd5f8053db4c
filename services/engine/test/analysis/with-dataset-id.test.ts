import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { withDatasetId } from '../../src/analysis/with-dataset-id.ts';

const reply = (id: string) =>
  Buffer.from(JSON.stringify({ analysis_id: 'a'.repeat(64), dataset: { id, rows: 3 }, notes: ['"id":"x"'] }));

describe('a reply for another data set with the same content', () => {
  it('differs in the id alone, whatever the ids', () => {
    fc.assert(
      fc.property(fc.string({ maxLength: 128, unit: 'binary' }), fc.string({ maxLength: 128, unit: 'binary' }), (from, to) => {
        assert.ok(withDatasetId(reply(from), to).equals(reply(to)));
      }),
    );
  });

  it('is refused when the bytes are not a reply', () => {
    assert.throws(() => withDatasetId(Buffer.from('{}'), 'x'), /does not begin with its data set/);
  });
});
