import assert from 'node:assert/strict';
import { it } from 'node:test';
import fc from 'fast-check';
import { FieldReader, type FieldRecord } from '../../../src/datasets/delimited/fields.ts';

function read(text: string, cuts: readonly number[] = []): FieldRecord[] {
  const records: FieldRecord[] = [];
  const reader = new FieldReader(',', (record) => records.push(record));
  const borders = [0, ...cuts.map((cut) => cut % (text.length + 1)).sort((a, b) => a - b), text.length];
  for (const [index, border] of borders.slice(1).entries()) reader.push(text.slice(borders[index], border));
  reader.end();
  return records;
}

const quote = (text: string): string => `"${text.replaceAll('"', '""')}"`;
const cell = fc.string({ unit: fc.constantFrom('a', '1', ' ', ',', '"', '\n', '\r', 'é', '😀'), maxLength: 6 });
const rows = fc.array(fc.array(cell, { minLength: 2, maxLength: 4 }), { minLength: 1, maxLength: 6 });

it('quoted fields come back as they were written', () => {
  fc.assert(
    fc.property(rows, fc.constantFrom('\n', '\r\n', '\r'), (table, end) => {
      const text = table.map((row) => row.map(quote).join(',') + end).join('');
      assert.deepEqual(
        read(text).map(({ fields }) => fields),
        table,
      );
    }),
  );
});

it('where the pieces are cut changes neither fields nor line numbers', () => {
  fc.assert(
    fc.property(rows, fc.constantFrom('\n', '\r\n', '\r'), fc.array(fc.nat(200), { maxLength: 8 }), (table, end, cuts) => {
      const text = table.map((row) => row.map(quote).join(',')).join(end);
      assert.deepEqual(read(text, cuts), read(text));
    }),
  );
});

it('line numbers count the line ends inside quoted fields', () => {
  assert.deepEqual(
    read('a,b\n"x\r\ny",1\n\n2,3').map(({ line }) => line),
    [1, 2, 5],
  );
});
