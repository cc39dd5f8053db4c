import type { StoreLogger } from '../logger.ts';
import { MIGRATIONS } from './migrations.ts';
import type { Sql } from './sql.ts';

// Any constant does, as long as everybody who migrates this schema uses the same one.
const ADVISORY_LOCK = 7_364_110_825;

/**
 * Brings the tables up to date. Several processes may start at once: they take turns under an advisory lock, and each
 * runs in one transaction, so that a crash in the middle leaves the schema as it was.
 *
 * @throws Error when the database was migrated by a newer version than this one
 */
export async function migrate(sql: Sql, logger?: StoreLogger): Promise<void> {
  const newest = MIGRATIONS.at(-1)?.version ?? 0;
  await sql.transaction(async (tx) => {
    await tx.query('SELECT pg_advisory_xact_lock($1)', [ADVISORY_LOCK]);
    await tx.query('CREATE TABLE IF NOT EXISTS schema_version (version integer PRIMARY KEY, applied_at timestamptz NOT NULL)');
    const [row] = await tx.query<{ version: number | null }>('SELECT max(version) AS version FROM schema_version');
    const current = row?.version ?? 0;
    if (current > newest) {
      throw new Error(`the database has schema version ${current}, this program knows ${newest}: start a newer program`);
    }
    for (const { version, statements } of MIGRATIONS) {
      if (version <= current) continue;
      for (const statement of statements) await tx.query(statement);
      await tx.query('INSERT INTO schema_version (version, applied_at) VALUES ($1, now())', [version]);
      logger?.info({ version }, 'Database schema migrated');
    }
  });
}
