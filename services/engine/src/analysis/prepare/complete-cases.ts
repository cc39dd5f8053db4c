import type { LoadedColumn } from '@penstock/store';
import { invalidData } from './invalid-data.ts';

export interface CompleteCases {
  readonly n: number;
  /** The given columns, without the rows that lack a value in any of them. */
  readonly columns: readonly LoadedColumn[];
  readonly notes: readonly string[];
}

/** @throws InvalidData when no row has all values */
export function completeCases(rows: number, columns: readonly LoadedColumn[]): CompleteCases {
  const lacking = new Uint8Array(rows);
  const missing = columns.map((column) => markMissing(column, lacking));
  let n = 0;
  for (const flag of lacking) if (flag === 0) n++;
  const counts = columns.flatMap(({ name }, i) => (missing[i] === 0 ? [] : [`${name} (${missing[i]})`]));
  if (n === 0) {
    throw invalidData(
      'y',
      rows === 0 ? 'the data set has no rows' : `no row has a value in all the columns used; missing: ${counts.join(', ')}`,
      `${rows} rows`,
      'at least one row without missing values; map fewer covariates, or fill what is missing before the upload',
    );
  }
  if (n === rows) return { n, columns, notes: [] };
  const notes = [`${rows - n} of ${rows} rows left out because of missing values: ${counts.join(', ')}`];
  return { n, columns: columns.map((column) => keep(column, lacking, n)), notes };
}

function markMissing(column: LoadedColumn, lacking: Uint8Array): number {
  let count = 0;
  if ('values' in column) {
    const { values } = column;
    for (let i = 0; i < values.length; i++) {
      if (Number.isNaN(values[i])) {
        lacking[i] = 1;
        count++;
      }
    }
    return count;
  }
  const { codes } = column;
  for (let i = 0; i < codes.length; i++) {
    if ((codes[i] as number) < 0) {
      lacking[i] = 1;
      count++;
    }
  }
  return count;
}

function keep(column: LoadedColumn, lacking: Uint8Array, n: number): LoadedColumn {
  if ('values' in column) {
    const kept = new Float64Array(n);
    for (let i = 0, at = 0; at < n; i++) if (lacking[i] === 0) kept[at++] = column.values[i] as number;
    return { ...column, values: kept };
  }
  const kept = new Int32Array(n);
  for (let i = 0, at = 0; at < n; i++) if (lacking[i] === 0) kept[at++] = column.codes[i] as number;
  return { ...column, codes: kept };
}
