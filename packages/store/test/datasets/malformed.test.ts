import assert from 'node:assert/strict';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { gzipSync } from 'node:zlib';
import { type ErrorCode, ProblemError } from '@penstock/contracts';
import type { UploadHints } from '../../src/index.ts';
import { parquetOf } from '../support/parquet.ts';
import { type TestStore, testStore, types } from '../support/store.ts';

interface Refused {
  readonly title: string;
  readonly content: string | Buffer;
  readonly hints?: Partial<UploadHints>;
  readonly code?: ErrorCode;
  /** What the detail must say. */
  readonly says: RegExp;
}

interface Read {
  readonly title: string;
  readonly content: string | Buffer;
  readonly hints?: Partial<UploadHints>;
  readonly types: string;
  readonly rows: number;
  /** The preview, where it matters. */
  readonly preview?: unknown[][];
}

const wide = (columns: number): string => {
  const names = Array.from({ length: columns }, (_, index) => `x${index}`).join(',');
  const row = Array.from({ length: columns }, (_, index) => index % 10).join(',');
  return `${names}\n${row}\n${row}\n`;
};
const many = (rows: number, line: (row: number) => string): string =>
  Array.from({ length: rows }, (_, row) => line(row)).join('');

const REFUSED: readonly Refused[] = [
  // Nothing there
  { title: 'zero bytes', content: '', says: /empty \(0 bytes\)/ },
  { title: 'zero bytes, gzipped', content: gzipSync(''), says: /empty once decompressed/ },
  { title: 'blanks', content: ' \n\n\t\n', says: /nothing but blanks/ },
  { title: 'a byte order mark alone', content: '\ufeff', says: /nothing but blanks/ },
  { title: 'a header alone', content: 'a,b\n', says: /header with 2 columns and no rows/ },
  { title: 'a header alone, without line end', content: 'a,b', says: /no rows/ },
  { title: 'a header and empty lines', content: 'a,b\n\n\n', says: /no rows/ },
  { title: 'an empty array', content: '[]', says: /no rows/ },
  // Other things than tables
  { title: 'a PNG', content: Buffer.from('89504e470d0a1a0a0000', 'hex'), says: /PNG.*Accepted: CSV/ },
  { title: 'a PDF', content: '%PDF-1.7 …', says: /PDF/ },
  { title: 'random bytes', content: Buffer.from([1, 2, 3, 0, 200, 0, 17]), says: /binary.*byte 3/ },
  { title: 'an HTML page', content: '<!DOCTYPE html><table></table>', says: /HTML/ },
  { title: 'an XML file', content: '<?xml version="1.0"?><a/>', says: /XML/ },
  { title: 'a ZIP archive', content: Buffer.from('504b0304aaaa', 'hex'), says: /ZIP archive/ },
  { title: 'an SQLite database', content: 'SQLite format 3\0', says: /SQLite/ },
  { title: 'zstd', content: Buffer.from('28b52ffd00', 'hex'), says: /zstd/ },
  {
    title: 'XLSX by content',
    content: Buffer.concat([Buffer.from('504b0304', 'hex'), Buffer.from('....[Content_Types].xml....xl/workbook.xml')]),
    code: 'not_available',
    says: /XLSX.*save the sheet as CSV/,
  },
  {
    title: 'XLSX by name',
    content: Buffer.from('504b0304aaaa', 'hex'),
    hints: { filename: 'Book.XLSX' },
    code: 'not_available',
    says: /XLSX/,
  },
  { title: 'old Excel', content: Buffer.from('d0cf11e0a1b11ae10000', 'hex'), says: /Excel/ },
  // Encodings
  { title: 'UTF-16 with its mark', content: Buffer.from('\ufeffa,b\n1,2\n', 'utf16le'), says: /UTF-16.*UTF-8/ },
  { title: 'UTF-16 without its mark', content: Buffer.from('a,b\n1,2\n', 'utf16le'), says: /another encoding than UTF-8/ },
  { title: 'Latin-1', content: Buffer.from('a,b\n1,2\ncaf\u00e9,2\n', 'latin1'), says: /Line 3: a byte that is not UTF-8/ },
  {
    title: 'Latin-1 far down',
    content: Buffer.concat([Buffer.from(`a,b\n${many(60_000, (row) => `${row},x\n`)}`), Buffer.from('\xe9,1\n', 'latin1')]),
    says: /Line 60002: a byte that is not UTF-8/,
  },
  { title: 'Shift-JIS', content: Buffer.from('8366815b835e2c610a312c320a', 'hex'), says: /not UTF-8/ },
  { title: 'a character cut at the end', content: Buffer.from('a,b\n1,é').subarray(0, -1), says: /middle of a UTF-8 character/ },
  // gzip
  { title: 'gzip cut short', content: gzipSync('a,b\n1,2\n').subarray(0, 15), says: /gzip.*damaged or cut short/ },
  {
    title: 'gzip with a wrong checksum',
    content: Buffer.concat([gzipSync('a,b\n1,2\n').subarray(0, -8), Buffer.alloc(8)]),
    says: /gzip.*damaged/,
  },
  { title: 'gzip twice', content: gzipSync(gzipSync('a,b\n1,2\n')), says: /gzipped twice/ },
  {
    title: 'more bytes than allowed',
    content: many(100, () => 'x'.repeat(100)),
    hints: { maxBytes: 5000 },
    code: 'payload_too_large',
    says: /more than 5000 bytes/,
  },
  {
    title: 'a gzip bomb',
    content: gzipSync(Buffer.alloc(50_000_000, 'a')),
    hints: { maxBytes: 1_000_000 },
    code: 'payload_too_large',
    says: /decompressed upload has more than 1000000 bytes/,
  },
  // Headers
  { title: 'a name twice', content: 'a,b,a\n1,2,3\n', says: /Line 1.*more than one column "a"/ },
  { title: 'names that differ in blanks only', content: 'a, a\n1,2\n', says: /more than one column "a"/ },
  { title: 'a missing name', content: 'a,,c\n1,2,3\n', says: /no name for column 2/ },
  { title: 'a row index without a name', content: ',y\n1,2\n', says: /no name for column 1.*"id"/ },
  { title: 'a header that is data', content: '1,2,3\n4,5,6\n', says: /first line must name the columns/ },
  { title: 'a name of 600 characters', content: `${'n'.repeat(600)},b\n1,2\n`, says: /600 characters/ },
  { title: 'more columns than allowed', content: wide(5001), says: /5001 columns, at most 5000/ },
  { title: 'an unclosed quote in the header', content: '"a,b\n1,2\n', says: /Line 1: a quoted field.*never closed/ },
  // Ragged
  { title: 'a row too short', content: 'a,b,c\n1,2,3\n4,5\n', says: /Line 3 has 2 fields, the header has 3/ },
  { title: 'a row too long', content: 'a,b\n1,2\n3,4,5\n', says: /Line 3 has 3 fields/ },
  { title: 'a row too long at the very end', content: 'a,b\n1,2\n3,4,5', says: /Line 3 has 3 fields/ },
  {
    title: 'a ragged row behind quoted line ends',
    content: 'a,b\n"x\ny\nz",2\n3\n',
    says: /Line 5 has 1 field,/,
  },
  {
    title: 'a ragged row far down',
    content: `a,b\n${many(100_000, (row) => `${row},1\n`)}1,2,3\n`,
    says: /Line 100002 has 3 fields/,
  },
  { title: 'a title line above the header', content: 'My table\na,b\n1,2\n3,4\n', says: /Line 2 has 2 fields, the header has 1/ },
  // Quotes
  { title: 'a quote never closed', content: 'a,b\n1,"x\n2,y\n', says: /Line 2: a quoted field begins here/ },
  { title: 'text behind a closing quote', content: 'a,b\n1,"x"y\n', says: /Line 2: "y.*follows the closing quote of "x"/ },
  { title: 'one record of 5 MB', content: `a,b\n1,"${'x'.repeat(5_000_000)}"\n`, says: /Line 2: a record longer than/ },
  // Values
  { title: 'infinity among numbers', content: 'a,b\n1,2\n1,inf\n', says: /Column "b", row 2: "inf" is no finite number/ },
  { title: 'a number beyond all doubles', content: 'a,b\n1,1e999\n', says: /"1e999" is no finite number/ },
  // JSON
  { title: 'JSON cut short', content: '[{"a":1},{"a":', says: /ends inside an object/ },
  { title: 'JSON cut between objects', content: '[{"a":1},', says: /ends before the array does/ },
  { title: 'JSON with text behind it', content: '[{"a":1}] x', says: /Line 1, column 11: text follows/ },
  { title: 'an array of arrays', content: '[[1,2],[3,4]]', says: /expected an object/ },
  { title: 'an array of numbers', content: '[1,2,3]', says: /expected an object/ },
  { title: 'a nested value', content: '[{"a":{"b":1}}]', says: /Line 1, column 7: the value of "a" is an object/ },
  { title: 'a table under a key', content: '{"data":[{"a":1}]}', says: /the value of "data" is an array/ },
  { title: 'a key twice in an object', content: '[{"a":1,"a":2}]', says: /"a" is there twice/ },
  { title: 'a trailing comma', content: '[{"a":1,}]', says: /expected a column name/ },
  { title: 'single quotes', content: "[{'a':1}]", says: /expected a column name in quotes/ },
  { title: 'NaN in JSON', content: '[{"a":NaN}]', says: /no JSON value: "NaN/ },
  { title: 'an unknown escape', content: '[{"a":"\\x41"}]', says: /escape that JSON does not know/ },
  { title: 'damage on line 3 of NDJSON', content: '{"a":1}\n{"a":2}\n{"a":}\n', says: /Line 3, column 6/ },
  {
    title: 'CSV that claims to be JSON',
    content: 'a,b\n1,2\n',
    hints: { contentType: 'application/json' },
    says: /claims to be JSON/,
  },
  { title: 'deep nesting', content: `[{"a":${'['.repeat(100_000)}`, says: /is an array/ },
  { title: 'objects without any name', content: '[{},{}]', says: /no columns/ },
  { title: 'an empty name in JSON', content: '[{"":1}]', says: /no name for column 1/ },
  {
    title: 'a new name in every object',
    content: `[${Array.from({ length: 5001 }, (_, row) => `{"k${row}":1}`).join(',')}]`,
    says: /more than 5000 different names/,
  },
  // Parquet
  { title: 'Parquet of four bytes', content: 'PAR1', says: /Parquet file is damaged/ },
  {
    title: 'Parquet full of zeros',
    content: Buffer.concat([Buffer.from('PAR1'), Buffer.alloc(1000), Buffer.from('PAR1')]),
    says: /damaged/,
  },
  { title: 'CSV that claims to be Parquet', content: 'a\n1\n', hints: { filename: 'x.parquet' }, says: /claims to be Parquet/ },
];

const READ: readonly Read[] = [
  { title: 'one column', content: 'a\n1\n2\n', types: 'a:number', rows: 2 },
  { title: 'one row', content: 'a,b\n1,2', types: 'a:number b:number', rows: 1 },
  { title: 'a byte order mark', content: '\ufeffa,b\n1,2\n', types: 'a:number b:number', rows: 1 },
  { title: 'CRLF', content: 'a,b\r\n1,2\r\n3,4\r\n', types: 'a:number b:number', rows: 2 },
  { title: 'CR alone', content: 'a,b\r1,2\r3,4\r', types: 'a:number b:number', rows: 2 },
  { title: 'line ends of all kinds', content: 'a,b\n1,2\r\n3,4\r5,6\n', types: 'a:number b:number', rows: 3 },
  { title: 'empty lines between', content: 'a,b\n\n1,2\n\n\n3,4\n\n', types: 'a:number b:number', rows: 2 },
  { title: 'tabs', content: 'a\tb\n1\tx y\n', types: 'a:number b:text', rows: 1 },
  {
    title: 'a first field left empty, with tabs',
    content: 'a\tb\n\t2\n1\t\n',
    types: 'a:number b:number',
    rows: 2,
    preview: [
      [null, 2],
      [1, null],
    ],
  },
  {
    title: 'semicolons and decimal commas',
    content: 'a;b\n1,5;x\n-2,25;y\n',
    types: 'a:number b:text',
    rows: 2,
    preview: [
      [1.5, 'x'],
      [-2.25, 'y'],
    ],
  },
  { title: 'bars', content: 'a|b\n1|2\n', types: 'a:number b:number', rows: 1 },
  {
    title: 'quoted line ends, delimiters and quotes',
    content: 'a,b\n"x\r\ny","p,""q"""\n',
    types: 'a:text b:text',
    rows: 1,
    preview: [['x\r\ny', 'p,"q"']],
  },
  {
    title: 'blanks around fields',
    content: 'a , b\n 1 , NA\n 2,3 \n',
    types: 'a:number b:number',
    rows: 2,
    preview: [
      [1, null],
      [2, 3],
    ],
  },
  { title: 'blanks inside quotes', content: 'a,b\n" x ",1\n', types: 'a:text b:number', rows: 1, preview: [[' x ', 1]] },
  {
    title: 'a quote inside an unquoted field',
    content: 'a,b\n5" pipe,1\n',
    types: 'a:text b:number',
    rows: 1,
    preview: [['5" pipe', 1]],
  },
  {
    title: 'every way to write missing',
    content: 'a,b\n1,\n2,NA\n3,null\n4,NaN\n5,"" \n6,7\n',
    types: 'a:number b:number',
    rows: 6,
  },
  { title: 'a column without any value', content: 'a,b\n1,\n2,\n', types: 'a:number b:number', rows: 2 },
  {
    title: 'true and false',
    content: 'a,b\ntrue,False\nFALSE,TRUE\n',
    types: 'a:boolean b:boolean',
    rows: 2,
    preview: [
      [true, false],
      [false, true],
    ],
  },
  { title: 'true and something else', content: 'a\ntrue\nmaybe\n', types: 'a:text', rows: 2 },
  {
    title: 'exponents, signs and bare points',
    content: 'a\n1e3\n-.5\n+2.\n',
    types: 'a:number',
    rows: 3,
    preview: [[1000], [-0.5], [2]],
  },
  { title: 'underscores in digits', content: 'a\n1_000\n', types: 'a:text', rows: 1 },
  { title: 'hexadecimal', content: 'a\n0x1F\n', types: 'a:text', rows: 1 },
  {
    title: 'codes with leading zeros',
    content: 'zip\n01234\n98765\n',
    types: 'zip:text',
    rows: 2,
    preview: [['01234'], ['98765']],
  },
  { title: 'zeros that are numbers', content: 'a\n0\n0.5\n-0.25\n', types: 'a:number', rows: 3 },
  {
    title: 'integers from 2^53 on',
    content: 'a\n9007199254740993\n1\n',
    types: 'a:text',
    rows: 2,
    preview: [['9007199254740993'], ['1']],
  },
  { title: 'integers below 2^53', content: 'a\n9007199254740991\n', types: 'a:number', rows: 1 },
  { title: 'the word inf alone', content: 'a\ninf\n', types: 'a:text', rows: 1 },
  {
    title: 'dates',
    content: 'd\n2026-01-31\n2026/2/1\n',
    types: 'd:timestamp',
    rows: 2,
    preview: [['2026-01-31'], ['2026-02-01']],
  },
  {
    title: 'times in several zones',
    content: 'd\n2026-01-31T10:00:00+09:00\n2026-01-31 01:00\n',
    types: 'd:timestamp',
    rows: 2,
    preview: [['2026-01-31T01:00:00Z'], ['2026-01-31T01:00:00Z']],
  },
  {
    title: 'parts of seconds',
    content: 'd\n2026-01-31 10:00:00.25\n2026-01-31\n',
    types: 'd:timestamp',
    rows: 2,
    preview: [['2026-01-31T10:00:00.250000Z'], ['2026-01-31T00:00:00.000000Z']],
  },
  { title: 'dates that do not exist', content: 'd\n2026-02-30\n', types: 'd:text', rows: 1 },
  {
    title: 'names in many scripts',
    content: '売上,Größe,العمر,😀\n1,2,3,4\n',
    types: '売上:number Größe:number العمر:number 😀:number',
    rows: 1,
  },
  {
    title: 'names that look like SQL',
    content: `"a""; DROP TABLE t; --",'b',"c\nd",select\n1,2,3,4\n`,
    types: `a"; DROP TABLE t; --:number 'b':number c\nd:number select:number`,
    rows: 1,
  },
  {
    title: '5,000 columns',
    content: wide(5000),
    types: Array.from({ length: 5000 }, (_, index) => `x${index}:number`).join(' '),
    rows: 2,
  },
  { title: 'gzip', content: gzipSync('a,b\n1,2\n'), types: 'a:number b:number', rows: 1 },
  {
    title: 'gzip in two members',
    content: Buffer.concat([gzipSync('a,b\n'), gzipSync('1,2\n')]),
    types: 'a:number b:number',
    rows: 1,
  },
  { title: 'a name ending in .gz without gzip', content: 'a\n1\n', hints: { filename: 'a.csv.gz' }, types: 'a:number', rows: 1 },
  {
    title: 'NDJSON',
    content: '{"a":1,"b":"x"}\n{"b":"y","a":2}\n',
    types: 'a:number b:text',
    rows: 2,
    preview: [
      [1, 'x'],
      [2, 'y'],
    ],
  },
  {
    title: 'names that come late',
    content: '[{"a":1},{"b":"x\\ny"},{"a":3,"c":true}]',
    types: 'a:number b:text c:boolean',
    rows: 3,
    preview: [
      [1, null, null],
      [null, 'x\ny', null],
      [3, null, true],
    ],
  },
  { title: 'one object', content: '{"a":1}', types: 'a:number', rows: 1 },
  {
    title: 'a large integer in JSON',
    content: '[{"a":12345678901234567890}]',
    types: 'a:text',
    rows: 1,
    preview: [['12345678901234567890']],
  },
  { title: 'escapes in JSON', content: '[{"\\u0061":"\\ud83d\\ude00\\t"}]', types: 'a:text', rows: 1, preview: [['😀\t']] },
  {
    title: 'an empty object first',
    content: '[{},{"a":1,"b":2}]',
    types: 'a:number b:number',
    rows: 2,
    preview: [
      [null, null],
      [1, 2],
    ],
  },
  {
    title: 'CSV that begins with a bracket',
    content: '[x],b\n1,2\n',
    hints: { filename: 'x.csv' },
    types: '[x]:number b:number',
    rows: 1,
  },
];

let store: TestStore;
before(async () => {
  store = await testStore();
});
after(() => store[Symbol.asyncDispose]());

describe('an upload that cannot be read is refused, saying what and where', () => {
  for (const { title, content, hints, code = 'dataset_unreadable', says } of REFUSED) {
    it(title, async () => {
      await assert.rejects(store.upload(content, hints), (error: Error) => {
        assert.ok(error instanceof ProblemError, String(error.stack));
        assert.equal(error.code, code, error.message);
        assert.match(error.message, says);
        assert.ok(error.message.length < 600, `a detail of ${error.message.length} characters`);
        assert.ok(!error.message.includes(store.dir), 'names a folder of ours');
        return true;
      });
    });
  }

  it('and leaves nothing behind: no data set, no file', async () => {
    assert.deepEqual(await store.datasets.list(), []);
    assert.deepEqual(await readdir(join(store.dir, 'uploads')), []);
    assert.deepEqual(await readdir(join(store.dir, 'datasets')), []);
  });
});

describe('an odd upload that can be read is read as it stands', () => {
  for (const { title, content, hints, types: expected, rows, preview } of READ) {
    it(title, async () => {
      const dataset = await store.upload(content, hints);
      assert.equal(types(dataset), expected);
      assert.equal(dataset.rows, rows);
      if (preview !== undefined) assert.deepEqual(dataset.preview, preview);
      assert.deepEqual(await store.datasets.get(dataset.id), dataset);
    });
  }

  for (const [title, select, expected] of [
    [
      'numbers of all widths',
      "SELECT 1::TINYINT a, 2::BIGINT b, 1.5::FLOAT c, 1.25::DECIMAL(9,2) d, 'x' e, true f",
      'a:number b:number c:number d:number e:text f:boolean',
    ],
    ['dates and times', "SELECT DATE '2026-01-31' d, TIMESTAMP '2026-01-31 10:00:00' t", 'd:timestamp t:timestamp'],
    ['text that looks like numbers stays text', "SELECT '1' a", 'a:text'],
    ['large integers become text', 'SELECT 9007199254740993::BIGINT a', 'a:text'],
  ] as const) {
    it(`Parquet: ${title}`, async () => {
      const path = join(store.dir, 'made.parquet');
      await parquetOf(select, path);
      assert.equal(types(await store.upload(await readFile(path))), expected);
    });
  }

  for (const [title, select, says] of [
    ['a nested column', 'SELECT [1, 2] a', /"a" has the type INTEGER\[\]/],
    ['binary data', "SELECT 'x'::BLOB a", /"a" has the type BLOB/],
    ['infinity', "SELECT 'inf'::DOUBLE a", /"a" holds an infinite value/],
    ['an infinite date', "SELECT 'infinity'::DATE a", /"a" holds an infinite value/],
    ['no rows', 'SELECT 1 a WHERE false', /no rows/],
  ] as const) {
    it(`Parquet with ${title} is refused`, async () => {
      const path = join(store.dir, 'made.parquet');
      await parquetOf(select, path);
      await assert.rejects(store.upload(await readFile(path)), says);
    });
  }
});
