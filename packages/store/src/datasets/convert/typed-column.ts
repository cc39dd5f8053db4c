import type { Gathered } from '../direct/gatherer.ts';
import type { Scratch } from './duckdb.ts';

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

/** Notes that a description shows; of further ones, the number. */
export const MOST_NOTES = 20;

/** A column of the upload and its name in `t`. */
export interface SourceColumn {
  readonly name: string;
  readonly column: string;
}

/** What an upload holds: columns gathered while it was read, and others that table `t` is filled with, some at a time. */
export interface ColumnSource {
  readonly rows: number;
  readonly columns: readonly SourceColumn[];
  /** For each column; undefined: it must be loaded. */
  readonly gathered: readonly (Gathered | undefined)[];
  /** How it was read, as the end of a sentence. */
  readonly readAs: string;
  /** Makes table `t` of these columns and decides their types. */
  load(scratch: Scratch, columns: readonly SourceColumn[]): Promise<Typing>;
}

/** Columns in `t` at once: each takes a block of memory (256 KiB) and more, however few its rows. */
export const COLUMNS_AT_ONCE = 500;

export function* batches<T>(items: readonly T[], size: number): Generator<readonly T[]> {
  for (let start = 0; start < items.length; start += size) yield items.slice(start, start + size);
}
