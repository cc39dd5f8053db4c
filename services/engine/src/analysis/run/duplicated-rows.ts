import type { LoadedColumn } from '@penstock/store';

/** How many rows repeat an earlier one in every column given. Missing equals missing. */
export function duplicatedRows(rows: number, columns: readonly LoadedColumn[]): number {
  if (columns.length === 0) return 0;
  const hashes = rowHashes(rows, columns);
  const first = new Map<number, number>();
  let repeated = 0;
  for (let row = 0; row < rows; row++) {
    const hash = hashes[row] as number;
    const earlier = first.get(hash);
    if (earlier === undefined) first.set(hash, row);
    else if (columns.every((column) => same(column, earlier, row))) repeated++;
  }
  return repeated;
}

/** FNV-1a over the 32-bit words of each row, twice from different bases, joined to 53 bits. */
function rowHashes(rows: number, columns: readonly LoadedColumn[]): Float64Array {
  const high = new Uint32Array(rows).fill(0x811c9dc5);
  const low = new Uint32Array(rows).fill(0x050c5d1f);
  const mix = (row: number, word: number): void => {
    high[row] = Math.imul((high[row] as number) ^ word, 0x01000193);
    low[row] = Math.imul((low[row] as number) ^ word ^ ((high[row] as number) >>> 15), 0x85ebca6b);
  };
  for (const column of columns) {
    if ('values' in column) {
      const words = new Uint32Array(column.values.buffer, column.values.byteOffset, 2 * rows);
      for (let row = 0; row < rows; row++) {
        mix(row, words[2 * row] as number);
        mix(row, words[2 * row + 1] as number);
      }
    } else {
      for (let row = 0; row < rows; row++) mix(row, column.codes[row] as number);
    }
  }
  return Float64Array.from(high, (value, row) => (value & 0x1fffff) * 2 ** 32 + (low[row] as number));
}

const same = (column: LoadedColumn, a: number, b: number): boolean =>
  'values' in column ? Object.is(column.values[a], column.values[b]) : column.codes[a] === column.codes[b];
