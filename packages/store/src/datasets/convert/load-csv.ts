import type { PreparedCsv } from '../delimited/prepare.ts';
import { unreadable } from '../upload/unreadable.ts';
import type { Scratch } from './duckdb.ts';
import { MISSING } from './first-value.ts';
import { literal } from './sql-text.ts';
import { typeTextColumns } from './type-text-columns.ts';
import type { ColumnSource, SourceColumn } from './typed-column.ts';

const SMALLEST_BUFFER_BYTES = 8 * 1024 * 1024;

/** Prepared CSV as text columns `c0`, `c1`, …: names from the upload never become SQL. */
export function csvSource(csv: AnyCsv): ColumnSource {
  return {
    rows: csv.rows,
    columns: csv.names.map((name, index) => ({ name, column: `c${index}` })),
    gathered: csv.gathered,
    readAs: csv.readAs,
    async load(scratch, columns) {
      await fill(scratch, csv, columns);
      return typeTextColumns(scratch, columns, csv.decimalComma);
    },
  };
}

type AnyCsv = PreparedCsv & { readonly shortRows?: boolean };

async function fill(scratch: Scratch, csv: AnyCsv, wanted: readonly SourceColumn[]): Promise<void> {
  const columns = csv.names.map((_, index) => `'c${index}': 'VARCHAR'`).join(', ');
  const options = [
    'auto_detect = false',
    `header = ${csv.hasHeader}`,
    `delim = ${literal(csv.delimiter)}`,
    `quote = '"'`,
    `escape = '"'`,
    // Found out by the reader where the lines are plain; our own copies may have other line ends inside quotes.
    ...(csv.hasHeader ? [] : ["new_line = '\\n'"]),
    `columns = {${columns}}`,
    `nullstr = [${MISSING.map(literal).join(', ')}]`,
    'strict_mode = true',
    `null_padding = ${csv.shortRows ?? false}`,
    // Padded rows whose quoted fields hold line ends are not read in parallel.
    `parallel = ${!(csv.shortRows ?? false)}`,
    `max_line_size = ${csv.longestRecordBytes + 1024}`,
    // By default 16 lines of the greatest size, for each thread.
    `buffer_size = ${Math.max(SMALLEST_BUFFER_BYTES, 2 * csv.longestRecordBytes)}`,
  ];
  try {
    await scratch.run(
      `CREATE TABLE t AS SELECT ${wanted.map(({ column }) => column).join(', ')} FROM read_csv(${literal(csv.path)}, ${options.join(', ')})`,
    );
  } catch (error) {
    if (error instanceof Error && /^(Invalid Input|Conversion) Error/.test(error.message)) {
      throw unreadable(`The text cannot be read as a table: ${error.message.split('\n')[0]}`, error);
    }
    throw error;
  }
  const [[rows] = []] = await scratch.rows('SELECT count(*) FROM t');
  if (Number(rows) !== csv.rows) {
    throw new Error(`the upload has ${csv.rows} records and ${String(rows)} rows were read from it`);
  }
}
