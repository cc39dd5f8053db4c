import { type Clock, systemClock } from '@penstock/clock';
import { lockDataDir } from '../data-dir-lock.ts';
import type { StoreLogger } from '../logger.ts';
import { migrate } from './migrate.ts';
import { openPglite } from './pglite-sql.ts';
import { openPostgres } from './postgres-sql.ts';
import type { Sql } from './sql.ts';

export interface SqlOptions {
  /** `postgres://user:password@host:port/database`. Absent: PGlite in `<dataDir>/pg`. */
  readonly postgresUrl?: string;
  /** Folder of the embedded database, of data sets and of uploads under way; made if it is not there. */
  readonly dataDir: string;
  readonly logger?: StoreLogger;
  readonly clock?: Clock;
}

/**
 * Opens the database with its tables brought up to date, and takes the lock of `dataDir`, in both modes.
 *
 * @throws DataDirInUse one line: folder, pid, what to do
 * @throws SqlUnavailable when PostgreSQL cannot be reached
 */
export async function openSql({ postgresUrl, dataDir, logger, clock = systemClock }: SqlOptions): Promise<Sql> {
  const lock = await lockDataDir(dataDir, clock);
  try {
    const sql = postgresUrl === undefined ? await openPglite(dataDir) : openPostgres(postgresUrl, logger);
    try {
      await migrate(sql, logger);
    } catch (error) {
      await sql.close();
      throw error;
    }
    return {
      ...sql,
      close: async () => {
        await sql.close();
        await lock.release();
      },
    };
  } catch (error) {
    await lock.release();
    throw error;
  }
}
