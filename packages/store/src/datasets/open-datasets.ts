import type { Clock } from '@penstock/clock';
import type { StoreLogger } from '../logger.ts';
import type { Sql } from '../sql/sql.ts';
import type { DatasetStore } from './dataset-store.ts';

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

/** `openDatasets` of this package. */
export type OpenDatasets = (options: DatasetsOptions) => Promise<DatasetStore>;
