import type { Clock } from '@penstock/clock';
import type { AnalysisStore, Cache, DatasetStore, Sql } from '@penstock/store';
import type { Metrics, Tracing } from '@penstock/telemetry';
import type { FastifyBaseLogger } from 'fastify';
import type { WorkerPool } from './workers/pool.ts';

/** What the engine stands on; its app closes what is open of it. */
export interface EngineDeps {
  readonly logger: FastifyBaseLogger;
  readonly clock: Clock;
  readonly tracing: Tracing;
  readonly metrics: Metrics<'engine'>;
  readonly sql: Sql;
  readonly cache: Cache;
  readonly datasets: DatasetStore;
  readonly analyses: AnalysisStore;
  readonly pool: WorkerPool;
}
