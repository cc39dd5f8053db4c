import type { ColumnFileWriter } from '../column-file.ts';
import { DistinctCounter, ROWS_AT_ONCE } from '../direct/distinct-counter.ts';
import { quoted, unreadable } from '../upload/unreadable.ts';
import type { Chunk, Scratch } from './duckdb.ts';
import { NumberSummary, PREVIEW_ROWS, shortened, textSummary } from './summarise.ts';
import { batches, COLUMNS_AT_ONCE, type TypedColumn } from './typed-column.ts';
import { type WrittenColumn, writeNumbers, writeTextValues } from './write-values.ts';

/** Values gathered in one go (columns × rows); above, columns are written one at a time, in pieces. */
const CELLS_AT_ONCE = 2_000_000;
/** Above, levels are found by the database, which can spill; below, in memory, which is quicker. */
export const ROWS_IN_MEMORY = 100_000;
/** All distinct texts of one column: beyond, they could not be read back as one string. */
const MOST_LEVEL_BYTES = 256 * 1024 * 1024;

/** Writes the typed columns of table `t` in their order, each as it is asked for, and sums it up on the way. */
export async function* writeColumns(
  scratch: Scratch,
  writer: ColumnFileWriter,
  columns: readonly TypedColumn[],
  rows: number,
  rowsInMemory: number,
): AsyncGenerator<WrittenColumn> {
  const together = Math.min(COLUMNS_AT_ONCE, Math.floor(CELLS_AT_ONCE / rows));
  const small = rows <= rowsInMemory && together > 1;
  for (const batch of batches(columns, small ? together : COLUMNS_AT_ONCE)) {
    if (small) {
      yield* writeTogether(scratch, writer, batch, rows);
      continue;
    }
    for (const column of batch) {
      const stream = isNumeric(column) ? streamNumbers : streamText;
      yield stream(scratch, writer, column, rows);
    }
  }
}

const isNumeric = ({ type }: TypedColumn): boolean => type === 'number' || type === 'boolean';

/** One column at a time: each such count takes hash tables of its own. */
async function distinctNumbers(scratch: Scratch, { expression }: TypedColumn): Promise<number> {
  const [[distinct] = []] = await scratch.rows(`SELECT count(DISTINCT ${expression}) FILTER (NOT isnan(${expression})) FROM t`);
  return Number(distinct);
}

async function* writeTogether(
  scratch: Scratch,
  writer: ColumnFileWriter,
  columns: readonly TypedColumn[],
  rows: number,
): AsyncGenerator<WrittenColumn> {
  const numbers = columns.map((column) => new Float64Array(isNumeric(column) ? rows : 0));
  const texts = columns.map((): (string | null)[] => []);
  let start = 0;
  for await (const chunk of scratch.chunks(`SELECT ${columns.map(({ expression }) => expression).join(', ')} FROM t`)) {
    for (const [index, column] of columns.entries()) {
      if (isNumeric(column)) copyNumbers(chunk, index, numbers[index] as Float64Array, start);
      else copyTexts(chunk, index, texts[index] as (string | null)[]);
    }
    start += chunk.rows;
  }
  for (const [index, { name, type }] of columns.entries()) {
    yield type === 'number' || type === 'boolean'
      ? writeNumbers(writer, { name, type }, () => [numbers[index] as Float64Array])
      : writeTextValues(writer, { name, type }, texts[index] as (string | null)[]);
  }
}

function copyNumbers(chunk: Chunk, column: number, into: Float64Array, start: number): void {
  const value = chunk.get(column);
  // Zero has one sign here, so that −0 and 0 are the same content.
  for (let row = 0; row < chunk.rows; row++) into[start + row] = ((value(row) as number | null) ?? Number.NaN) + 0;
}

function copyTexts(chunk: Chunk, column: number, into: (string | null)[]): void {
  const value = chunk.get(column);
  for (let row = 0; row < chunk.rows; row++) into.push(value(row) as string | null);
}

type Of<T extends TypedColumn['type']> = T;

async function streamNumbers(
  scratch: Scratch,
  writer: ColumnFileWriter,
  column: TypedColumn,
  rows: number,
): Promise<WrittenColumn> {
  const summary = new NumberSummary(column.type as Of<'number' | 'boolean'>);
  const counter = rows > ROWS_AT_ONCE ? undefined : new DistinctCounter();
  writer.begin(column.name, column.type);
  for await (const chunk of scratch.chunks(`SELECT ${column.expression} FROM t`)) {
    const piece = new Float64Array(chunk.rows);
    copyNumbers(chunk, 0, piece, 0);
    summary.add(piece);
    counter?.add(piece);
    await writer.values(piece);
  }
  const distinct = counter?.count ?? (await distinctNumbers(scratch, column));
  return { summary: summary.finish(column.name, distinct), preview: summary.preview };
}

async function streamText(scratch: Scratch, writer: ColumnFileWriter, column: TypedColumn): Promise<WrittenColumn> {
  const { name, type, expression } = column;
  await scratch.run(
    `CREATE TABLE levels AS SELECT v, CAST(row_number() OVER (ORDER BY v) - 1 AS INTEGER) AS code
     FROM (SELECT DISTINCT ${expression} AS v FROM t) WHERE v IS NOT NULL`,
  );
  const [[distinct, first, last, bytes] = []] = await scratch.rows(
    'SELECT count(*), min(v), max(v), coalesce(sum(strlen(v)), 0) FROM levels',
  );
  if (Number(bytes) > MOST_LEVEL_BYTES) {
    throw unreadable(
      `The column ${quoted(name)} holds ${String(bytes)} bytes of different texts, at most ${MOST_LEVEL_BYTES} are accepted`,
    );
  }
  writer.begin(name, type);
  await writeLevels(scratch, writer);
  const missing = await writeCodes(scratch, writer, expression);
  const head = await scratch.rows(`SELECT ${expression} FROM t ORDER BY rowid LIMIT ${PREVIEW_ROWS}`);
  await scratch.run('DROP TABLE levels');
  const ends = [first, last].map((end) => (typeof end === 'string' ? end : undefined));
  return {
    summary: textSummary(name, type as Of<'text' | 'timestamp'>, missing, Number(distinct), [ends[0], ends[1]]),
    preview: head.map(([value]) => (typeof value === 'string' ? shortened(value) : null)),
  };
}

async function writeLevels(scratch: Scratch, writer: ColumnFileWriter): Promise<void> {
  let separator = '[';
  for await (const chunk of scratch.chunks('SELECT v FROM levels ORDER BY code')) {
    const level = chunk.get(0);
    let piece = '';
    for (let row = 0; row < chunk.rows; row++) {
      piece += separator + JSON.stringify(level(row));
      separator = ',';
    }
    await writer.levels(piece);
  }
  await writer.levels(separator === '[' ? '[]' : ']');
}

async function writeCodes(scratch: Scratch, writer: ColumnFileWriter, expression: string): Promise<number> {
  let missing = 0;
  const codes = `SELECT coalesce(code, -1) FROM (SELECT rowid AS row, ${expression} AS v FROM t) LEFT JOIN levels USING (v) ORDER BY row`;
  for await (const chunk of scratch.chunks(codes)) {
    const code = chunk.get(0);
    const piece = Int32Array.from({ length: chunk.rows }, (_, row) => code(row) as number);
    for (const each of piece) if (each < 0) missing++;
    await writer.values(piece);
  }
  return missing;
}
