/**
 * A PostgreSQL connection pool or an embedded PGlite, spoken to in one dialect.
 *
 * Values come back the same from both: `bigint` as number (beyond 2^53: an error), `bytea` as Buffer,
 * `timestamptz` as Date, everything textual as string.
 */
export interface Sql {
  readonly kind: 'postgres' | 'pglite';
  /**
   * @throws SqlUnavailable when the database cannot be reached or went away
   * @throws Error with `code` (the SQLSTATE) when the database refuses the statement
   */
  query<Row>(text: string, params?: readonly unknown[]): Promise<Row[]>;
  /** Runs `work` in one transaction: committed when it resolves, rolled back when it rejects. They do not nest. */
  transaction<T>(work: (sql: Sql) => Promise<T>): Promise<T>;
  /** Resolves when the database answers. */
  ping(): Promise<void>;
  /** Waits for running statements, then gives up connections, files and the lock of the folder. */
  close(): Promise<void>;
}

/** The database cannot be reached, or the connection was lost: the same call may succeed later. */
export class SqlUnavailable extends Error {
  override readonly name = 'SqlUnavailable';
}
