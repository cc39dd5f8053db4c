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

/** Columns asked about in one statement: planning time grows faster than their number. */
export const COLUMNS_PER_QUERY = 200;

export function* batches<T>(items: readonly T[], size: number): Generator<readonly T[]> {
  for (let start = 0; start < items.length; start += size) yield items.slice(start, start + size);
}
