/** A small table of texts, for preparing uploads: subsets, joins, squares, products. Empty is missing. */
export class Table {
  readonly names: readonly string[];
  readonly rows: readonly Readonly<Record<string, string>>[];

  constructor(names: readonly string[], rows: readonly Readonly<Record<string, string>>[]) {
    this.names = names;
    this.rows = rows;
  }

  static parse(csv: string): Table {
    const [header = [], ...rows] = csv
      .split(/\r?\n/)
      .filter((line) => line !== '')
      .map(fields);
    return new Table(
      header,
      rows.map((row) => Object.fromEntries(header.map((name, i) => [name, row[i] ?? '']))),
    );
  }

  where(keep: (row: Readonly<Record<string, string>>) => boolean): Table {
    return new Table(this.names, this.rows.filter(keep));
  }

  append(other: Table): Table {
    return new Table(this.names, [...this.rows, ...other.rows]);
  }

  /** Adds or replaces a column. */
  with(name: string, value: (row: Readonly<Record<string, string>>, index: number) => string | number): Table {
    const names = this.names.includes(name) ? this.names : [...this.names, name];
    return new Table(
      names,
      this.rows.map((row, i) => ({ ...row, [name]: String(value(row, i)) })),
    );
  }

  square(name: string): Table {
    return this.with(`${name}2`, (row) => (row[name] === '' ? '' : Number(row[name]) ** 2));
  }

  /** Makes a numeric code a text, so that it is read as levels and becomes dummies. */
  asText(name: string): Table {
    return this.with(name, (row) => (row[name] === '' ? '' : `level ${row[name]}`));
  }

  only(...names: string[]): Table {
    return new Table(names, this.rows);
  }

  toCsv(): string {
    const line = (cells: readonly string[]): string =>
      cells.map((cell) => (/[",\n]/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell)).join(',');
    return `${[line(this.names), ...this.rows.map((row) => line(this.names.map((name) => row[name] ?? '')))].join('\n')}\n`;
  }
}

function fields(line: string): string[] {
  return [...line.matchAll(/("(?:[^"]|"")*"|[^,]*)(?:,|$)/g)]
    .slice(0, line.endsWith(',') ? undefined : -1)
    .map(([, cell = '']) => (cell.startsWith('"') ? cell.slice(1, -1).replaceAll('""', '"') : cell));
}
