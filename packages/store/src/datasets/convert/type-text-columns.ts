import { quoted, unreadable } from '../upload/unreadable.ts';
import { literal, type Scratch } from './duckdb.ts';
import { batches, COLUMNS_PER_QUERY, type TypedColumn, type Typing } from './typed-column.ts';

type Kind = 'number' | 'boolean' | 'timestamp' | 'text';

interface Candidate {
  readonly name: string;
  readonly column: string;
  readonly kind: Kind;
  readonly value: string;
}

const NUMERIC = /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i;
const INFINITE = /^[+-]?inf(inity)?$/i;
const BOOLEAN = /^(true|false)$/i;
const DATE = String.raw`^\d{4}[-/]\d{1,2}[-/]\d{1,2}([T ].*)?$`;
const DECIMAL_COMMA = String.raw`^[+-]?\d*,\d+$`;
const LEADING_ZERO = '^[+-]?0[0-9]';
const LARGEST_EXACT = 2 ** 53;

/**
 * Types text columns: a column has the type that all its values have, else it is text. Its first value names the only
 * type that can still come out, so each column is checked against one.
 *
 * Numbers: decimal notation, finite. Text although all digits: codes with leading zeros, and columns with an integer
 * beyond 2^53, which a double would round.
 *
 * @throws ProblemError dataset_unreadable: a numeric column with an infinite value
 */
export async function typeTextColumns(scratch: Scratch, names: readonly string[], decimalComma: boolean): Promise<Typing> {
  const columns: TypedColumn[] = [];
  const notes: string[] = [];
  const all = names.map((name, index) => ({ name, column: `c${index}` }));
  for (const batch of batches(all, COLUMNS_PER_QUERY)) {
    const firsts = await scratch.rows(`SELECT ${batch.map(({ column }) => `any_value(${column})`).join(', ')} FROM t`);
    const candidates = batch.map(({ name, column }, index): Candidate => {
      const first = firsts[0]?.[index];
      return { name, column, ...candidate(typeof first === 'string' ? first.trim() : undefined, column, decimalComma) };
    });
    const checks = await scratch.rows(`SELECT ${candidates.flatMap(check).join(', ')} FROM t`);
    const counts = (checks[0] ?? []).map(Number);
    for (const [index, each] of candidates.entries()) {
      columns.push(await decided(scratch, each, counts.slice(5 * index, 5 * index + 5), notes));
    }
  }
  return { columns, notes };
}

/** A column with no value at all is a number column: nothing in it says otherwise. */
function candidate(first: string | undefined, column: string, decimalComma: boolean): { kind: Kind; value: string } {
  const plain = `TRY_CAST(${column} AS DOUBLE)`;
  const withComma = `CASE WHEN regexp_full_match(trim(${column}), ${literal(DECIMAL_COMMA)}) THEN TRY_CAST(replace(${column}, ',', '.') AS DOUBLE) ELSE ${plain} END`;
  const value = decimalComma ? withComma : plain;
  if (first === undefined || NUMERIC.test(first) || INFINITE.test(first)) return { kind: 'number', value };
  if (decimalComma && new RegExp(DECIMAL_COMMA).test(first)) return { kind: 'number', value };
  if (BOOLEAN.test(first))
    return { kind: 'boolean', value: `CASE lower(trim(${column})) WHEN 'true' THEN 1.0 WHEN 'false' THEN 0.0 END` };
  if (new RegExp(DATE).test(first)) {
    const text = `replace(trim(${column}), '/', '-')`;
    const cast = `TRY_CAST(TRY_CAST(${text} AS TIMESTAMPTZ) AS TIMESTAMP)`;
    return { kind: 'timestamp', value: `CASE WHEN regexp_full_match(trim(${column}), ${literal(DATE)}) THEN ${cast} END` };
  }
  return { kind: 'text', value: column };
}

/** Five counts: values, values of the kind, infinite, not exact or with leading zeros, with a time of day. */
function check({ column, kind, value }: Candidate): string[] {
  if (kind === 'text') return [`count(${column})`, '0', '0', '0', '0'];
  const fits = `count(${value})`;
  if (kind === 'boolean') return [`count(${column})`, fits, '0', '0', '0'];
  if (kind === 'timestamp') {
    return [`count(${column})`, fits, '0', '0', `count(*) FILTER (CAST(${value} AS TIME) <> TIME '00:00:00')`];
  }
  const integral = `NOT regexp_matches(${column}, '[.,eE]')`;
  const inexact = `CASE WHEN isinf(${value}) THEN false WHEN abs(${value}) > ${LARGEST_EXACT} THEN ${integral} ELSE regexp_matches(trim(${column}), ${literal(LEADING_ZERO)}) END`;
  return [
    `count(${column})`,
    // 1_000 is a number to the database and to nobody else.
    `count(*) FILTER (${value} IS NOT NULL AND NOT contains(${column}, '_'))`,
    `count(*) FILTER (isinf(${value}))`,
    `count(*) FILTER (${inexact})`,
    '0',
  ];
}

async function decided(scratch: Scratch, { name, column, kind, value }: Candidate, counts: number[], notes: string[]) {
  const [values = 0, fitting = 0, infinite = 0, inexact = 0, timed = 0] = counts;
  const asText: TypedColumn = { name, type: 'text', expression: column };
  if (kind === 'text') return asText;
  if (fitting < values) {
    if (kind === 'number' && fitting >= values / 2) notes.push(await oddOneOut(scratch, name, column, value));
    return asText;
  }
  if (kind === 'boolean') return { name, type: kind, expression: value };
  if (kind === 'timestamp') return { name, type: kind, expression: isoText(value, timed > 0) };
  if (inexact > 0) {
    notes.push(`${quoted(name)} is text: it holds codes with leading zeros, or integers beyond 2^53, which numbers would change`);
    return asText;
  }
  if (infinite === values && values > 0 && !(await anyNumeral(scratch, column))) return asText;
  if (infinite > 0) throw await infiniteValue(scratch, name, column, value);
  return { name, type: kind, expression: value } as const;
}

/** All of one shape per column, so that they sort as they follow each other in time. */
export function isoText(timestamp: string, timed: boolean): string {
  return timed
    ? `replace(strftime(${timestamp}, '%Y-%m-%dT%H:%M:%S.%fZ'), '.000000Z', 'Z')`
    : `strftime(${timestamp}, '%Y-%m-%d')`;
}

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
