import type { WrittenColumn } from './write-values.ts';

/** A column file that was written, and what to say of it. */
export interface Converted {
  readonly rows: number;
  readonly columns: readonly WrittenColumn[];
  /** Hash of the typed content. */
  readonly sha256: string;
  readonly fileSha256: string;
  readonly fileBytes: number;
  /** How it was read and what was decided about columns, in sentences. */
  readonly description: string;
}
