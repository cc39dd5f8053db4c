import { checkColumnNames } from '../column-names.ts';
import { quoted, unreadable } from '../upload/unreadable.ts';
import type { Scratch } from './duckdb.ts';
import { type Fineness, finenessOf, isoText } from './iso-text.ts';
import { identifier, literal } from './sql-text.ts';
import type { ColumnSource, SourceColumn, TypedColumn, Typing } from './typed-column.ts';

const INTEGER = /^U?(TINYINT|SMALLINT|INTEGER)$/;
const LARGE_INTEGER = /^(U?BIGINT|U?HUGEINT|BIGNUM)$/;
const FRACTIONAL = /^(FLOAT|DOUBLE|DECIMAL)/;
const FIRST_INEXACT = 2n ** 53n;

interface Declared extends SourceColumn {
  readonly declared: string;
}

/**
 * A Parquet file as columns `c0`, `c1`, …, typed as the file declares them.
 *
 * @throws ProblemError dataset_unreadable: damaged, no rows, nested or binary columns; on loading: infinite values
 */
export async function parquetSource(scratch: Scratch, path: string): Promise<ColumnSource> {
  const source = `read_parquet(${literal(path)})`;
  const schema = await readable(() => scratch.rows(`SELECT column_name, column_type FROM (DESCRIBE SELECT * FROM ${source})`));
  const all = schema.map(
    ([name, type], index): Declared => ({ name: String(name), column: `c${index}`, declared: String(type) }),
  );
  const names = all.map(({ name }) => name);
  checkColumnNames(names, 'The Parquet file');
  for (const each of all) refuseNested(each);
  const [[rows] = []] = await readable(() => scratch.rows(`SELECT count(*) FROM ${source}`));
  if (Number(rows) === 0) throw unreadable(`The Parquet file has ${all.length} columns and no rows`);
  const declared = new Map(all.map((each) => [each.column, each]));
  return {
    rows: Number(rows),
    columns: all,
    gathered: all.map(() => undefined),
    readAs: 'Parquet',
    async load(scratch, columns) {
      const select = columns.map(({ name, column }) => `${identifier(name)} AS ${column}`).join(', ');
      await readable(() => scratch.run(`CREATE TABLE t AS SELECT ${select} FROM ${source}`));
      return typed(
        scratch,
        columns.map(({ column }) => declared.get(column) as Declared),
      );
    },
  };
}

function refuseNested({ name, declared }: Declared): void {
  if (kindOf(declared) !== undefined) return;
  const typed = `The column ${quoted(name)} has the type ${declared.slice(0, 60)}`;
  throw unreadable(`${typed}: only numbers, booleans, text, dates and timestamps are accepted`);
}

function kindOf(declared: string): 'integer' | 'large' | 'fractional' | 'boolean' | 'timestamp' | 'text' | undefined {
  if (/\[|STRUCT|MAP|UNION/.test(declared)) return undefined;
  if (INTEGER.test(declared)) return 'integer';
  if (LARGE_INTEGER.test(declared)) return 'large';
  if (FRACTIONAL.test(declared)) return 'fractional';
  if (declared === 'BOOLEAN') return 'boolean';
  if (declared === 'DATE' || declared.startsWith('TIMESTAMP')) return 'timestamp';
  return /^(VARCHAR|UUID|ENUM|TIME|JSON)/.test(declared) ? 'text' : undefined;
}

async function typed(scratch: Scratch, columns: readonly Declared[]): Promise<Typing> {
  const [special = []] = await scratch.rows(`SELECT ${columns.map(check).join(', ')} FROM t`);
  const notes: string[] = [];
  return { columns: columns.map((each, index) => decided(each, Number(special[index]), notes)), notes };
}

/** 0 where the column needs no care; 1: integers from 2^53 on, or infinite values; of timestamps: their fineness. */
function check({ column, declared }: Declared): string {
  const kind = kindOf(declared);
  if (kind === 'large')
    return `coalesce(max(CASE WHEN ${column} >= ${FIRST_INEXACT} OR ${column} <= -${FIRST_INEXACT} THEN 1 ELSE 0 END), 0)`;
  if (kind === 'fractional') return `coalesce(max(CASE WHEN isinf(CAST(${column} AS DOUBLE)) THEN 1 ELSE 0 END), 0)`;
  return kind === 'timestamp' ? finenessOf(plainTimestamp(column)) : '0';
}

function decided({ name, column, declared }: Declared, special: number, notes: string[]): TypedColumn {
  const kind = kindOf(declared);
  if ((kind === 'fractional' && special === 1) || (kind === 'timestamp' && special === 3)) {
    throw unreadable(`The column ${quoted(name)} holds an infinite value: use null where it is missing`);
  }
  if (kind === 'boolean') return { name, type: 'boolean', expression: `CAST(CAST(${column} AS INTEGER) AS DOUBLE)` };
  if (kind === 'timestamp') return { name, type: 'timestamp', expression: isoText(plainTimestamp(column), special as Fineness) };
  if (kind === 'text') return { name, type: 'text', expression: `CAST(${column} AS VARCHAR)` };
  if (kind === 'large' && special === 1) {
    notes.push(`${quoted(name)} is text: it holds integers from 2^53 on, which numbers would change`);
    return { name, type: 'text', expression: `CAST(${column} AS VARCHAR)` };
  }
  return { name, type: 'number', expression: `CAST(${column} AS DOUBLE)` };
}

const plainTimestamp = (column: string): string => `CAST(${column} AS TIMESTAMP)`;

async function readable<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (
      error instanceof Error &&
      /^(Invalid Input|Invalid|IO|Conversion|Parser|Not implemented|Serialization) Error/i.test(error.message)
    ) {
      throw unreadable(`The Parquet file is damaged or of a kind that cannot be read: ${withoutPath(error.message)}`, error);
    }
    throw error;
  }
}

// Where our files lie is nobody's business.
const withoutPath = (message: string): string => (message.split('\n')[0] ?? '').replace(/['"][^'"]*\/[^'"]*['"]/g, 'the upload');
