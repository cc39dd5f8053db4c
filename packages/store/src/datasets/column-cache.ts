import { LRUCache } from 'lru-cache';
import type { LoadedColumn, LoadedColumns } from './loaded-columns.ts';

/** Bytes of columns that are kept. */
const MAX_BYTES = 64 * 2 ** 20;
/** A larger column is read again each time: its analysis takes far longer than that. */
const MAX_COLUMN_BYTES = 4 * 2 ** 20;

/** What a level takes beside its characters. */
const LEVEL_BYTES = 16;

/** Columns read of late, by the content of their data set, which never changes. Least recently used ones go first. */
export class ColumnCache {
  readonly #columns = new LRUCache<string, LoadedColumn>({
    maxSize: MAX_BYTES,
    maxEntrySize: MAX_COLUMN_BYTES,
    sizeCalculation: sizeOf,
  });

  /**
   * All of the columns as copies, whose buffers the caller may give away; undefined where one of them is not there.
   * @param sha256 of the data set's content
   */
  get(sha256: string, names: readonly string[]): readonly LoadedColumn[] | undefined {
    const found: LoadedColumn[] = [];
    for (const name of names) {
      const column = this.#columns.get(keyOf(sha256, name));
      if (column === undefined) return undefined;
      found.push(copyOf(column));
    }
    return found;
  }

  keep(sha256: string, { columns }: LoadedColumns): void {
    // What is not going to be kept is not copied.
    for (const column of columns) {
      if (sizeOf(column) <= MAX_COLUMN_BYTES) this.#columns.set(keyOf(sha256, column.name), copyOf(column));
    }
  }
}

const keyOf = (sha256: string, name: string): string => `${sha256} ${name}`;

const copyOf = (column: LoadedColumn): LoadedColumn =>
  'values' in column ? { ...column, values: column.values.slice() } : { ...column, codes: column.codes.slice() };

function sizeOf(column: LoadedColumn): number {
  if ('values' in column) return Math.max(1, column.values.byteLength);
  return column.levels.reduce((sum, level) => sum + 2 * level.length + LEVEL_BYTES, Math.max(1, column.codes.byteLength));
}
