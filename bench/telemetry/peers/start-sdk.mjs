import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-http';
import { NodeSDK } from '@opentelemetry/sdk-node';
import { BatchSpanProcessor } from '@opentelemetry/sdk-trace';

/**
 * Every trace to the sink, in batches as the gateway sends its own, and a queue that loses none. Metrics where
 * `BENCH_SIGNALS` is `metrics`, logs as well where it is `all`, both as the variables of the SDK say; otherwise none.
 */
export function startSdk(instrumentations) {
  const exporter = new OTLPTraceExporter({ url: process.env.BENCH_OTLP_TRACES });
  const processor = new BatchSpanProcessor({
    exporter,
    maxQueueSize: 65_536,
    maxExportBatchSize: 2048,
    scheduledDelayMillis: 1000,
  });
  const signals = process.env.BENCH_SIGNALS;
  const noMetrics = signals === undefined && { metricReaders: [] };
  const noLogs = signals !== 'all' && { logRecordProcessors: [] };
  new NodeSDK({ serviceName: 'gateway', spanProcessors: [processor], instrumentations, ...noMetrics, ...noLogs }).start();
}
