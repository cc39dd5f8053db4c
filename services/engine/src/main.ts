import { runService } from '@penstock/service-kit';
import { createLogger, createMetrics, startTracing } from '@penstock/telemetry';
import { buildEngine } from './app.ts';
import { loadEngineConfig, workersOf } from './config.ts';
import { openDeps } from './open-deps.ts';
import { ENGINE_VERSION } from './version.ts';

async function main(): Promise<void> {
  const config = loadEngineConfig(process.env);
  const logger = createLogger({
    service: 'engine',
    version: ENGINE_VERSION,
    level: config.LOG_LEVEL,
    ...(config.LOG_FORMAT !== 'auto' && { format: config.LOG_FORMAT }),
    bufferBytes: config.LOG_BUFFER_BYTES,
    onDropped: (lines) => metrics.series.log_lines_dropped_total.inc(lines),
  });
  const metrics = createMetrics({ service: 'engine', enabled: config.METRICS_ENABLED, logger });
  const tracing = startTracing({ service: 'engine', version: ENGINE_VERSION, env: process.env, logger, metrics });
  const deps = await openDeps(config, { logger, tracing, metrics });
  const service = await buildEngine(config, deps);
  logger.info(
    `engine: ${workersOf(config)} worker threads, at most ${config.WORKER_QUEUE} analyses waiting, ${deps.sql.kind} and ${deps.cache.kind} cache`,
  );
  logger.info(tracing.describe());
  await runService({
    service,
    host: config.HOST,
    port: config.ENGINE_PORT,
    portVariable: 'ENGINE_PORT',
    logger,
    afterClose: () => tracing.shutdown(config.DRAIN_FLUSH_MS),
  });
}

try {
  await main();
} catch (error) {
  // One line: the message says what to do, a stack would hide it.
  process.stderr.write(`engine: ${error instanceof Error ? error.message : String(error)}\n`);
  process.exit(1);
}
