import { quoted, unreadable } from '../upload/unreadable.ts';
import type { Scratch } from './duckdb.ts';
import { DECIMAL_COMMA, type Kind, kindByFirst } from './first-value.ts';
import { type Fineness, finenessOf, isoText, timestampOf } from './iso-text.ts';
import { literal } from './sql-text.ts';
import { batches, MOST_NOTES, type SourceColumn, type TypedColumn, type Typing } from './typed-column.ts';

interface Candidate {
  readonly name: string;
  readonly column: string;
  readonly kind: Kind;
  readonly value: string;
}

// Planning such a statement takes time by the square of its length.
const CHECKED_AT_ONCE = 25;
/** From here on, not every integer is a double: 2^53 + 1 reads as 2^53. */
const FIRST_INEXACT = 2 ** 53;

/**
 * Types text columns: a column has the type that all its values have, else it is text. Its first value names the only
 * type that can still come out, so each column is checked against one.
 *
 * Numbers: decimal notation, finite. Text although all digits: codes with leading zeros, and columns with an integer
 * from 2^53 on, which a double would round.
 *
 * @throws ProblemError dataset_unreadable: a numeric column with an infinite value
 */
export async function typeTextColumns(
  scratch: Scratch,
  columns: readonly SourceColumn[],
  decimalComma: boolean,
): Promise<Typing> {
  const firstValues = columns.map(({ column }) => `arg_min(${column}, rowid)`).join(', ');
  const [firsts = []] = await scratch.rows(`SELECT ${firstValues} FROM t`);
  const candidates = columns.map(({ name, column }, index): Candidate => {
    const first = firsts[index];
    const kind = kindByFirst(typeof first === 'string' ? first : undefined, decimalComma);
    return { name, column, kind, value: valueAs(kind, column, decimalComma) };
  });
  const typed: TypedColumn[] = [];
  const notes: string[] = [];
  for (const batch of batches(candidates, CHECKED_AT_ONCE)) {
    const values = batch.map(({ column, value }) => `${column}, ${value} AS v_${column}`);
    const [counts = []] = await scratch.rows(
      `SELECT ${batch.flatMap(check).join(', ')} FROM (SELECT ${values.join(', ')} FROM t)`,
    );
    for (const [index, each] of batch.entries()) {
      typed.push(await decided(scratch, each, counts.slice(5 * index, 5 * index + 5).map(Number), notes));
    }
  }
  return { columns: typed, notes };
}

/** SQL for a text column's values as those of a kind; NULL: is none. */
function valueAs(kind: Kind, column: string, decimalComma: boolean): string {
  if (kind === 'boolean') return `CASE lower(trim(${column})) WHEN 'true' THEN 1.0 WHEN 'false' THEN 0.0 END`;
  if (kind === 'timestamp') return timestampOf(column);
  if (kind === 'text') return column;
  const plain = `TRY_CAST(${column} AS DOUBLE)`;
  if (!decimalComma) return plain;
  const withComma = `TRY_CAST(replace(${column}, ',', '.') AS DOUBLE)`;
  return `CASE WHEN regexp_full_match(trim(${column}), ${literal(DECIMAL_COMMA)}) THEN ${withComma} ELSE ${plain} END`;
}

/** Five counts: values, values of the kind, infinite, not exact or with leading zeros, fineness of timestamps. */
function check({ column, kind }: Candidate): string[] {
  const value = `v_${column}`;
  if (kind === 'text') return [`count(${column})`, '0', '0', '0', '0'];
  if (kind === 'boolean') return [`count(${column})`, `count(${value})`, '0', '0', '0'];
  if (kind === 'timestamp') {
    return [`count(${column})`, `count(${value})`, '0', '0', finenessOf(value)];
  }
  const integral = `NOT regexp_matches(${column}, '[.,eE]')`;
  // 00 to 09 and whatever follows, by comparing texts: ':' comes after '9'.
  const zeros = ['', '-', '+'].map((sign) => `(${column} >= '${sign}00' AND ${column} < '${sign}0:')`).join(' OR ');
  return [
    `count(${column})`,
    // 1_000 is a number to the database and to nobody else.
    `count(*) FILTER (${value} IS NOT NULL AND NOT contains(${column}, '_'))`,
    `count(*) FILTER (isinf(${value}))`,
    `count(*) FILTER (${zeros} OR (abs(${value}) >= ${FIRST_INEXACT} AND NOT isinf(${value}) AND ${integral}))`,
    '0',
  ];
}

async function decided(scratch: Scratch, { name, column, kind, value }: Candidate, counts: number[], notes: string[]) {
  const [values = 0, fitting = 0, infinite = 0, inexact = 0, fineness = 0] = counts;
  const asText: TypedColumn = { name, type: 'text', expression: column };
  if (kind === 'text') return asText;
  if (fitting < values) {
    if (kind === 'number' && fitting >= values / 2)
      notes.push(notes.length < MOST_NOTES ? await oddOneOut(scratch, name, column, value) : someOdd(name));
    return asText;
  }
  if (kind === 'boolean') return { name, type: kind, expression: value };
  if (kind === 'timestamp') return { name, type: kind, expression: isoText(value, fineness as Fineness) };
  if (inexact > 0) {
    notes.push(
      `${quoted(name)} is text: it holds codes with leading zeros, or integers from 2^53 on, which numbers would change`,
    );
    return asText;
  }
  if (infinite === values && values > 0 && !(await anyNumeral(scratch, column))) return asText;
  if (infinite > 0) throw await infiniteValue(scratch, name, column, value);
  return { name, type: kind, expression: value } as const;
}

/** Said of columns of which nothing more is shown: to find the row takes a query for each. */
const someOdd = (name: string): string => `${quoted(name)} is text: it holds values that are no numbers`;

async function oddOneOut(scratch: Scratch, name: string, column: string, value: string): Promise<string> {
  const where = `${column} IS NOT NULL AND (${value} IS NULL OR contains(${column}, '_'))`;
  const [[row, text] = []] = await scratch.rows(`SELECT rowid, ${column} FROM t WHERE ${where} ORDER BY rowid LIMIT 1`);
  return `${quoted(name)} is text: row ${Number(row) + 1} holds ${quoted(String(text))}, which is no number`;
}

/** Whether something in the column is written in digits (1e999 is, "inf" is not). */
async function anyNumeral(scratch: Scratch, column: string): Promise<boolean> {
  return (await scratch.rows(`SELECT 1 FROM t WHERE regexp_matches(${column}, '[0-9]') LIMIT 1`)).length > 0;
}

async function infiniteValue(scratch: Scratch, name: string, column: string, value: string) {
  const [[row, text] = []] = await scratch.rows(`SELECT rowid, ${column} FROM t WHERE isinf(${value}) ORDER BY rowid LIMIT 1`);
  const where = `Column ${quoted(name)}, row ${Number(row) + 1}: ${quoted(String(text))} is no finite number`;
  return unreadable(`${where}. Leave the field empty if it is missing`);
}
