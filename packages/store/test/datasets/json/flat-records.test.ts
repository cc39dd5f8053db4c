import assert from 'node:assert/strict';
import { it } from 'node:test';
import fc from 'fast-check';
import { type FlatRecord, FlatRecordReader } from '../../../src/datasets/json/flat-records.ts';

function read(text: string, cuts: readonly number[] = []): FlatRecord[] {
  const records: FlatRecord[] = [];
  const reader = new FlatRecordReader((record) => records.push(record));
  const borders = [0, ...cuts.map((cut) => cut % (text.length + 1)).sort((a, b) => a - b), text.length];
  for (const [index, border] of borders.slice(1).entries()) reader.push(text.slice(borders[index], border));
  reader.end();
  return records;
}

const value = fc.oneof(
  fc.string(),
  fc.double({ noNaN: true, noDefaultInfinity: true }),
  fc.integer(),
  fc.boolean(),
  fc.constant(null),
);
const records = fc.array(fc.dictionary(fc.string(), value, { maxKeys: 4 }), { minLength: 1, maxLength: 5 });
const expected = (record: Record<string, unknown>): [string, string | null][] =>
  Object.entries(record).map(([name, each]) => [
    name,
    each === null ? null : typeof each === 'string' ? each : JSON.stringify(each),
  ]);

it('arrays and lines of objects come back with the text of their values, wherever the pieces are cut', () => {
  fc.assert(
    fc.property(records, fc.nat(2), fc.array(fc.nat(300), { maxLength: 8 }), (made, form, cuts) => {
      const text = [JSON.stringify(made), JSON.stringify(made, null, 2), made.map((each) => JSON.stringify(each)).join('\n')][
        form
      ]!;
      assert.deepEqual(
        read(text, cuts).map((record) => [...record]),
        made.map(expected),
      );
    }),
  );
});

it('a number keeps the digits it was written with', () => {
  assert.deepEqual(
    read('{"a":12345678901234567890, "b":1.10}').map((record) => [...record.values()]),
    [['12345678901234567890', '1.10']],
  );
});
