/** How one column of the scratch table `t` becomes a typed one. */
export interface TypedColumn {
  readonly name: string;
  readonly type: 'number' | 'boolean' | 'text' | 'timestamp';
  /** SQL over `t`: DOUBLE for number and boolean, VARCHAR for text and timestamp; NULL or NaN: missing. */
  readonly expression: string;
}

/** The columns, and what was decided about them that the uploader should hear of. */
export interface Typing {
  readonly columns: readonly TypedColumn[];
  readonly notes: readonly string[];
}

/** A column of the upload and its name in `t`. */
export interface SourceColumn {
  readonly name: string;
  readonly column: string;
}

/** What `t` is filled from, some columns at a time. */
export interface ColumnSource {
  readonly rows: number;
  readonly columns: readonly SourceColumn[];
  /** Makes table `t` of these columns and decides their types. */
  load(columns: readonly SourceColumn[]): Promise<Typing>;
}

/** Columns in `t` at once: each takes a block of memory (256 KiB) and more, however few its rows. */
export const COLUMNS_AT_ONCE = 500;

export function* batches<T>(items: readonly T[], size: number): Generator<readonly T[]> {
  for (let start = 0; start < items.length; start += size) yield items.slice(start, start + size);
}
