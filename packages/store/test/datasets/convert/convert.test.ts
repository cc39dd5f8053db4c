import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { type Conversion, convert } from '../../../src/datasets/convert/convert.ts';
import { readColumns } from '../../../src/datasets/read-columns.ts';
import { conversionOf } from '../../support/conversion.ts';

type Thresholds = NonNullable<Conversion['thresholds']>;

/** Every column by way of the database, held at once or piece by piece; and gathered, held or spilled. */
const WAYS: Readonly<Record<string, Partial<Conversion>>> = {
  gathered: {},
  'gathered, in small blocks': { thresholds: { blockCells: 7 } },
  'gathered, most of it on disk': { thresholds: { blockCells: 1000, heldBytes: 5000 } },
  'gathered, but for columns of many texts': { thresholds: { textBytes: 5000 } },
  'by the database': { thresholds: { rows: 0 } },
  'by the database, piece by piece': { thresholds: { rows: 0, rowsInMemory: 0 } },
};

async function converted(content: string, options: Partial<Conversion>) {
  await using at = await conversionOf(content, options);
  const result = await convert(at.conversion);
  return { result, file: await at.file() };
}

async function sameEveryWay(content: string, hints: Partial<Conversion> = {}): Promise<void> {
  const first = await converted(content, hints);
  for (const [way, options] of Object.entries(WAYS)) {
    const other = await converted(content, { ...hints, ...options });
    assert.deepEqual(other.result, first.result, way);
    assert.ok(other.file.equals(first.file), way);
  }
}

const times = <T>(count: number, make: (index: number) => T): T[] => Array.from({ length: count }, (_, index) => make(index));

/** @returns what was said where it was refused */
async function alikeBothWays(rows: readonly (readonly unknown[])[]): Promise<string | undefined> {
  const csv = [rows[0]!.map((_, column) => `x${column}`), ...rows].map((row) => row.join(',')).join('\n');
  const [direct, table] = await Promise.all(
    [{}, { thresholds: { rows: 0 } }].map((options) =>
      converted(csv, options).then(
        ({ result }) => result,
        (error: Error) => error.message,
      ),
    ),
  );
  assert.deepEqual(direct, table, csv.slice(0, 200));
  return typeof direct === 'string' ? direct : undefined;
}

/** Column by column what is hard to tell, in an order that matters. */
const FIELDS = [
  [
    '1',
    '2.5',
    '-0',
    '+.5',
    '1.',
    '1e3',
    '1E-3',
    '0.1234567890123456789',
    '123456789012345',
    '9007199254740991',
    '1e22',
    '4e-324',
  ],
  ['007', '1', '-01', '+00'],
  ['9007199254740992', '1', '9007199254740993.0', '1e300'],
  ['1e999', 'x'],
  ['x', '1e999'],
  ['1_000', '1', '0x1F', '1e', '1e+', '.', '-', '+-1', '1.2.3', '--1', '1 2'],
  ['inf', 'Infinity', '-inf'],
  ['true', 'FALSE', 'True', 'tRuE'],
  ['true', 'maybe', 'false'],
  ['2026-01-31', '2026/2/1', 'NA', '2026-12-24'],
  ['2026-01-31T10:00:00+09:00', '2026-01-31 01:00', '2026-01-31'],
  ['2026-01-31 10:00:00.25', '2026-01-31', '2026-01-31 10:00:00.250000'],
  ['2026-02-30', '2026-02-28'],
  ['2026-01-31', 'soon'],
  ['a', 'b', '1', 'true', 'ﬀ', '😀', '\u{10ffff}', '\uffee', 'NA', 'n/a', ' blank '],
  ['1', ' 2 ', '3'],
  ['', 'NA', 'null'],
];

describe('a table has one content, whichever way it is read', () => {
  it('with fields that are hard to tell', async () => {
    const longest = Math.max(...FIELDS.map((fields) => fields.length));
    for (const ordered of [FIELDS, FIELDS.map((fields) => fields.toReversed())]) {
      assert.equal(await alikeBothWays(times(longest, (row) => ordered.map((fields) => fields[row] ?? ''))), undefined);
    }
  });

  it('with fields that are alone in their column', async () => {
    assert.equal(await alikeBothWays([FIELDS.flat().filter((field) => field !== '1e999')]), undefined);
  });

  it('or is refused either way: infinite values', async () => {
    for (const column of [['1e999', '1'], ['1', '-Infinity'], ['1e999']]) {
      assert.match(String(await alikeBothWays(column.map((field) => [field, 1]))), /no finite number/);
    }
  });

  it('with decimal commas', () => sameEveryWay('a;b\n1,5;x\n-,25;y\n+2;z\n3.5;NA\n'));

  it('with many rows of all types', async () => {
    const rows = 10_000;
    let csv = 'n,place,when,yes,code\n';
    for (let row = 0; row < rows; row++) {
      const n = row % 7 === 0 ? '' : row / 8;
      csv += `${n},${row % 5 === 0 ? 'NA' : `place ${row % 1000}`},2026-01-${10 + (row % 20)},${row % 3 === 0},0${row % 50}\n`;
    }
    await sameEveryWay(csv);
  });

  it('with names that come with every object', async () => {
    const objects = Array.from({ length: 60 }, (_, row) => ({ [`x${row}`]: row, all: `text ${row % 9}` }));
    await sameEveryWay(JSON.stringify(objects), { filename: 'x.json' });
  });
});

for (const [way, thresholds] of Object.entries<Thresholds>({
  gathered: { blockCells: 5000 },
  'by the database': { rows: 0, rowsInMemory: 1000 },
})) {
  it(`a column too tall to be held at once is written piece by piece, ${way}`, async () => {
    const rows = 10_000;
    let csv = 'n,place,when\n';
    for (let row = 0; row < rows; row++)
      csv += `${row % 7 === 0 ? '' : row / 8},${row % 5 === 0 ? 'NA' : `place ${row % 1000}`},2026-01-${10 + (row % 20)}\n`;
    await using at = await conversionOf(csv, { thresholds });
    const { columns: written } = await convert(at.conversion);
    const [n, place, when] = (await readColumns(at.conversion.target, ['n', 'place', 'when'])).columns;
    assert.ok(n?.type === 'number' && place?.type === 'text' && when?.type === 'timestamp');
    for (let row = 0; row < rows; row += 97) {
      assert.equal(n.values[row], row % 7 === 0 ? Number.NaN : row / 8);
      assert.equal(place.levels[place.codes[row]!], row % 5 === 0 ? undefined : `place ${row % 1000}`);
      assert.equal(when.levels[when.codes[row]!], `2026-01-${10 + (row % 20)}`);
    }
    assert.deepEqual(place.levels, place.levels.toSorted());
    const [first, second] = written.map(({ summary }) => summary);
    assert.equal(first?.missing, Math.ceil(rows / 7));
    assert.equal(first?.distinct, rows - Math.ceil(rows / 7));
    assert.deepEqual([second?.missing, second?.distinct], [rows / 5, 800]);
  });
}
