import type { AnalysisInput, Codes, Column } from '../../src/types.ts';
import { readCsv, type Table } from './csv.ts';
import { codes } from './input.ts';
import { referenceFile } from './reference.ts';

/** A table of named columns for preparing subsets, squares and dummies in tests. Empty cells are NaN. */
export class Frame {
  readonly columns: ReadonlyMap<string, readonly string[]>;
  readonly n: number;

  constructor(columns: ReadonlyMap<string, readonly string[]>) {
    this.columns = columns;
    this.n = [...columns.values()][0]?.length ?? 0;
  }

  static fromReference(file: string): Frame {
    return Frame.fromTable(readCsv(referenceFile(file)));
  }

  static fromTable(table: Table): Frame {
    return new Frame(new Map(table.header.map((name, j) => [name, table.rows.map((row) => row[j]!)])));
  }

  texts(name: string): readonly string[] {
    const values = this.columns.get(name);
    if (!values) throw new RangeError(`no column '${name}'`);
    return values;
  }

  numbers(name: string): Float64Array {
    return Float64Array.from(this.texts(name), (cell) => (cell === '' ? Number.NaN : Number(cell)));
  }

  where(keep: (row: (name: string) => number) => boolean): Frame {
    const cells = new Map([...this.columns.keys()].map((name) => [name, this.texts(name)]));
    const rows = Array.from({ length: this.n }, (_, i) => i).filter((i) => {
      const cell = (name: string) => {
        const text = cells.get(name)![i]!;
        return text === '' ? Number.NaN : Number(text);
      };
      return keep(cell);
    });
    return new Frame(new Map([...cells].map(([name, values]) => [name, rows.map((i) => values[i]!)])));
  }

  /** The rows of both, over the columns that both have. */
  append(other: Frame): Frame {
    const shared = [...this.columns.keys()].filter((name) => other.columns.has(name));
    return new Frame(new Map(shared.map((name) => [name, [...this.texts(name), ...other.texts(name)]])));
  }

  /** A numeric column; 'x^2' is the square of x. */
  column(name: string): Column {
    if (!name.endsWith('^2')) return { name, values: this.numbers(name) };
    return { name, values: this.numbers(name.slice(0, -2)).map((value) => value * value) };
  }

  /** A dummy for every level but the first in sorted order, named 'column=level'. */
  dummies(name: string): Column[] {
    const values = this.texts(name);
    const [, ...levels] = [...new Set(values)].sort();
    return levels.map((level) => ({
      name: `${name}=${level}`,
      values: Float64Array.from(values, (value) => (value === level ? 1 : 0)),
    }));
  }

  codes(name: string): Codes {
    return codes(name, this.texts(name));
  }

  /** An analysis; the treatment counts as binary when it has two values, 0 and 1. */
  input(y: string, treatment: string, covariates: readonly Column[] = [], more: Partial<AnalysisInput> = {}): AnalysisInput {
    const { values } = this.column(treatment);
    const binary = values.every((value) => value === 0 || value === 1);
    return {
      n: this.n,
      y: this.column(y),
      treatment: binary
        ? { kind: 'binary', name: treatment, values, levels: ['0', '1'] }
        : { kind: 'continuous', name: treatment, values },
      covariates,
      balanceColumns: covariates,
      instruments: [],
      clusters: [],
      mappedRoles: new Set(['y', 'treatment']),
      ...more,
    };
  }
}
