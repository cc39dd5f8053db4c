import { readFileSync } from 'node:fs';

/** Rows of a small CSV file (no quoted commas), cells as text, empty for missing. */
export interface Table {
  readonly header: readonly string[];
  readonly rows: readonly (readonly string[])[];
}

export function readCsv(path: string | URL): Table {
  const [header, ...lines] = readFileSync(path, 'utf8').trimEnd().split(/\r?\n/);
  return { header: header!.split(','), rows: lines.map((line) => line.split(',')) };
}

export function textColumn(table: Table, name: string): string[] {
  const at = table.header.indexOf(name);
  if (at < 0) throw new RangeError(`no column '${name}' in ${table.header.join(', ')}`);
  return table.rows.map((row) => row[at]!);
}

export function numberColumn(table: Table, name: string): Float64Array {
  return Float64Array.from(textColumn(table, name), (cell) => (cell === '' ? Number.NaN : Number(cell)));
}
