/** One column in memory; all columns of a data set have the same length. */
export type LoadedColumn =
  | {
      readonly name: string;
      readonly type: 'number' | 'boolean';
      /** NaN: missing. Booleans are 0 and 1. Never infinite. */
      readonly values: Float64Array;
    }
  | {
      readonly name: string;
      readonly type: 'text' | 'timestamp';
      /**
       * The distinct values in sorted order (by code point). Timestamps are ISO 8601 in UTC, all of one shape per column:
       * `2026-01-31`; `2026-01-31T09:30:00Z` where some value has a time of day; `2026-01-31T09:30:00.250000Z` where some
       * value has a part of a second.
       */
      readonly levels: readonly string[];
      /** Index into `levels`; −1: missing. */
      readonly codes: Int32Array;
    };

export interface LoadedColumns {
  readonly rows: number;
  readonly columns: readonly LoadedColumn[];
}
