import { systemClock, systemRandom } from '@penstock/clock';
import { openAnalyses, openCache, openDatasets, openSql } from '@penstock/store';
import type { Metrics, Tracing } from '@penstock/telemetry';
import type { FastifyBaseLogger } from 'fastify';
import { type EngineConfig, workersOf } from './config.ts';
import type { EngineDeps } from './deps.ts';
import { admissionListener } from './workers/admission-listener.ts';
import { WorkerPool } from './workers/pool.ts';

/**
 * Opens what the engine stands on: database, data sets, cache and worker threads, each warm.
 * @throws DataDirInUse, SqlUnavailable: one clear line each
 */
export async function openDeps(
  config: EngineConfig,
  { logger, tracing, metrics }: { logger: FastifyBaseLogger; tracing: Tracing; metrics: Metrics<'engine'> },
): Promise<EngineDeps> {
  const clock = systemClock;
  const sql = await openSql({
    dataDir: config.DATA_DIR,
    logger,
    clock,
    ...(config.POSTGRES_URL !== undefined && { postgresUrl: config.POSTGRES_URL }),
  });
  const cache = openCache({
    maxBytes: config.CACHE_MAX_BYTES,
    onError: (error) => logger.warn({ err: error }, 'the result cache does not answer'),
    ...(config.REDIS_URL !== undefined && { redisUrl: config.REDIS_URL }),
  });
  const pool = new WorkerPool({
    workers: workersOf(config),
    queue: config.WORKER_QUEUE,
    adaptive: config.WORKER_QUEUE_ADAPTIVE,
    memoryMb: config.WORKER_MEMORY_MB,
    clock,
    random: systemRandom,
    onEvent: admissionListener(metrics, logger),
    onCrash: (error) => logger.error({ err: error }, 'A worker thread failed; another takes its place'),
  });
  try {
    const [datasets] = await Promise.all([openDatasets({ sql, dataDir: config.DATA_DIR, clock, logger }), pool.warmUp()]);
    return { logger, clock, tracing, metrics, sql, cache, datasets, analyses: openAnalyses(sql), pool };
  } catch (error) {
    await Promise.allSettled([pool.close(), cache.close(), sql.close()]);
    throw error;
  }
}
