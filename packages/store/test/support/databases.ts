import { postgresAvailable, startPostgres, type TestPostgres } from '../../../../test/support/postgres.ts';
import { preparedDir } from './prepared-dir.ts';
import { type TempDir, tempDir } from './temp-dir.ts';

/** The databases that a store must work on alike. */
export const KINDS = ['pglite', 'postgres'] as const;
export type Kind = (typeof KINDS)[number];

export interface Database {
  readonly options: { readonly postgresUrl?: string };
  readonly postgres: TestPostgres | undefined;
  close(): Promise<void>;
}

export const available = async (kind: Kind): Promise<true | string> => (kind === 'pglite' ? true : postgresAvailable());

export async function database(kind: Kind): Promise<Database> {
  if (kind === 'pglite') return { options: {}, postgres: undefined, close: async () => undefined };
  const postgres = await startPostgres();
  return { options: { postgresUrl: postgres.url }, postgres, close: () => postgres.close() };
}

/** A new data folder; where the database lies in it, one that was opened before. */
export const dataDir = (kind: Kind): Promise<TempDir> => (kind === 'pglite' ? preparedDir() : tempDir());
