import { resolve } from 'node:path';
import { type Clock, systemClock } from '@penstock/clock';
import type { StoreLogger } from '../logger.ts';
import type { Sql } from '../sql/sql.ts';
import { DatasetFiles } from './dataset-files.ts';
import { listRows } from './dataset-rows.ts';
import type { DatasetStore } from './dataset-store.ts';
import { registerSamples } from './register-samples.ts';
import { SqlDatasetStore } from './sql-dataset-store.ts';

export interface DatasetsOptions {
  readonly sql: Sql;
  /** The folder that `sql` was opened with: its lock is what protects the files. */
  readonly dataDir: string;
  readonly clock?: Clock;
  readonly logger?: StoreLogger;
  /** Whether the sample data sets are registered. Default true. */
  readonly samples?: boolean;
  /** Uploads converted at once; others wait their turn on disk. Default 2. */
  readonly conversions?: number;
  /** Bytes that one conversion may hold in memory before it spills to disk. Default 512 MiB. */
  readonly memoryBytes?: number;
}

/** Opens the data sets of `dataDir`: clears what an earlier process left half done, and registers the samples. */
export async function openDatasets({
  sql,
  dataDir,
  clock = systemClock,
  logger,
  samples = true,
  conversions = 2,
  memoryBytes = 512 * 2 ** 20,
}: DatasetsOptions): Promise<DatasetStore> {
  const files = new DatasetFiles(sql, resolve(dataDir));
  await files.prepare(new Set((await listRows(sql)).map(({ id }) => id)));
  const store = new SqlDatasetStore({ sql, files, clock, conversions, memoryBytes });
  if (samples) await registerSamples(store, { sql, files, ...(logger && { logger }) });
  return store;
}
