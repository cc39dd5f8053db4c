import { type DuckDBConnection, DuckDBInstance, type DuckDBValue } from '@duckdb/node-api';
import type { ProblemError } from '@penstock/contracts';
import { literal } from './sql-text.ts';
import { tooMuchMemory } from './too-much-memory.ts';

/** A DuckDB of its own for one upload. */
export interface Scratch {
  /** Rows of a small result. */
  rows(sql: string): Promise<DuckDBValue[][]>;
  run(sql: string): Promise<void>;
  /** Rows of a large result, some thousand at a time, column by column. */
  chunks(sql: string): AsyncGenerator<Chunk>;
  /** Adds rows to a table. */
  append(table: string, rows: Iterable<readonly (number | string)[]>): Promise<void>;
  close(): void;
}

export interface Chunk {
  readonly rows: number;
  /** The value of a row in a column; null: missing. */
  get(column: number): (row: number) => DuckDBValue | null;
}

export interface ScratchOptions {
  /** The only file it may read. */
  readonly file: string;
  readonly tempFolder: string;
  /** What the upload may take, and which share of it is the database's. */
  readonly memoryBytes: number;
  readonly share: number;
  readonly signal?: AbortSignal;
}

/**
 * In memory up to its share, then spilling into `tempFolder`; may read `file` and nothing else on this machine,
 * loads and downloads no extension, and forgets everything on close.
 */
export async function openScratch(options: ScratchOptions): Promise<Scratch> {
  const instance = await DuckDBInstance.create(':memory:', {
    threads: '2',
    memory_limit: `${Math.ceil((options.memoryBytes * options.share) / 2 ** 20)}MiB`,
    temp_directory: options.tempFolder,
    autoinstall_known_extensions: 'false',
    autoload_known_extensions: 'false',
    preserve_insertion_order: 'true',
  });
  const connection = await instance.connect();
  await connection.run(`SET allowed_paths = [${literal(options.file)}]`);
  await connection.run("SET TimeZone = 'UTC'");
  await connection.run('SET enable_external_access = false');
  await connection.run('SET lock_configuration = true');
  return scratch(instance, connection, options.memoryBytes, options.signal);
}

function scratch(instance: DuckDBInstance, connection: DuckDBConnection, memoryBytes: number, signal?: AbortSignal): Scratch {
  const interrupt = (): void => connection.interrupt();
  signal?.addEventListener('abort', interrupt);
  const guarded = async <T>(work: () => Promise<T>): Promise<T> => {
    signal?.throwIfAborted();
    try {
      return await work();
    } catch (error) {
      signal?.throwIfAborted();
      throw outOfMemory(error, memoryBytes) ?? error;
    }
  };
  return {
    rows: (sql) => guarded(async () => (await connection.runAndReadAll(sql)).getRows()),
    run: (sql) => guarded(async () => void (await connection.run(sql))),
    async *chunks(sql) {
      const result = await guarded(() => connection.stream(sql));
      for (;;) {
        const chunk = await guarded(() => result.fetchChunk());
        if (chunk === null || chunk.rowCount === 0) return;
        yield {
          rows: chunk.rowCount,
          get: (column) => {
            const vector = chunk.getColumnVector(column);
            return (row) => vector.getItem(row) as DuckDBValue | null;
          },
        };
      }
    },
    append: (table, rows) =>
      guarded(async () => {
        const appender = await connection.createAppender(table);
        for (const row of rows) {
          for (const value of row) typeof value === 'number' ? appender.appendInteger(value) : appender.appendVarchar(value);
          appender.endRow();
        }
        appender.closeSync();
      }),
    close() {
      signal?.removeEventListener('abort', interrupt);
      connection.closeSync();
      instance.closeSync();
    },
  };
}

function outOfMemory(error: unknown, memoryBytes: number): ProblemError | undefined {
  if (!(error instanceof Error) || !error.message.startsWith('Out of Memory Error')) return undefined;
  return tooMuchMemory(memoryBytes, error);
}
