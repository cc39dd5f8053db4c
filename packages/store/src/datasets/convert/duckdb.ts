import { type DuckDBConnection, DuckDBInstance, type DuckDBValue } from '@duckdb/node-api';
import { ProblemError } from '@penstock/contracts';

/** A DuckDB of its own for one upload. */
export interface Scratch {
  /** Rows of a small result. */
  rows(sql: string): Promise<DuckDBValue[][]>;
  run(sql: string): Promise<void>;
  /** Rows of a large result, some thousand at a time, column by column. */
  chunks(sql: string): AsyncGenerator<Chunk>;
  close(): void;
}

export interface Chunk {
  readonly rows: number;
  /** The value of a row in a column; null: missing. */
  get(column: number): (row: number) => DuckDBValue | null;
}

/**
 * In memory up to `memoryBytes`, then spilling into `tempFolder`; may read `file` and nothing else on this machine,
 * loads and downloads no extension, and forgets everything on close.
 */
export async function openScratch(options: {
  readonly file: string;
  readonly tempFolder: string;
  readonly memoryBytes: number;
  readonly signal?: AbortSignal;
}): Promise<Scratch> {
  const instance = await DuckDBInstance.create(':memory:', {
    threads: '2',
    memory_limit: `${Math.ceil(options.memoryBytes / 2 ** 20)}MiB`,
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
    close() {
      signal?.removeEventListener('abort', interrupt);
      connection.closeSync();
      instance.closeSync();
    },
  };
}

function outOfMemory(error: unknown, memoryBytes: number): ProblemError | undefined {
  if (!(error instanceof Error) || !error.message.startsWith('Out of Memory Error')) return undefined;
  const detail = `Reading this table takes more than the ${Math.round(memoryBytes / 2 ** 20)} MiB that one upload may use.`;
  return new ProblemError('payload_too_large', detail, { cause: error });
}

export const literal = (text: string): string => `'${text.replaceAll("'", "''")}'`;

export const identifier = (name: string): string => `"${name.replaceAll('"', '""')}"`;
