import { systemClock, systemRandom } from '@penstock/clock';
import { runService } from '@penstock/service-kit';
import { createLogger, createMetrics, startTracing } from '@penstock/telemetry';
import { buildGateway } from './app.ts';
import { environmentNow, type GatewayConfig, readConfig } from './config.ts';
import { VERSION } from './version.ts';

async function main(): Promise<void> {
  const read = (): GatewayConfig => readConfig(environmentNow(process.env));
  const config = readConfig(process.env);
  const logger = createLogger({
    service: 'gateway',
    version: VERSION,
    level: config.LOG_LEVEL,
    ...(config.LOG_FORMAT !== 'auto' && { format: config.LOG_FORMAT }),
    bufferBytes: config.LOG_BUFFER_BYTES,
    onDropped: (lines) => metrics.series.log_lines_dropped_total.inc(lines),
  });
  const metrics = createMetrics({ service: 'gateway', enabled: config.METRICS_ENABLED, logger });
  const tracing = startTracing({ service: 'gateway', version: VERSION, env: process.env, logger, metrics });
  const gateway = await buildGateway(config, {
    logger,
    tracing,
    metrics,
    clock: systemClock,
    random: systemRandom,
    readConfig: read,
  });
  logger.info(gateway.describe());
  logger.info(tracing.describe());
  const onHangup = (): void => {
    try {
      gateway.reload();
    } catch (error) {
      const message = error instanceof Error ? error.message : String(error);
      logger.error(`Configuration not taken over, everything stays as it was: ${message}`);
    }
  };
  await runService({
    service: gateway,
    host: config.HOST,
    port: config.GATEWAY_PORT,
    portVariable: 'GATEWAY_PORT',
    onHangup,
    logger,
    afterClose: () => tracing.shutdown(config.DRAIN_FLUSH_MS),
  });
}

try {
  await main();
} catch (error) {
  // One line: the message says what to do, a stack would hide it.
  process.stderr.write(`gateway: ${error instanceof Error ? error.message : String(error)}\n`);
  process.exit(1);
}
