import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-http';
import { NodeSDK } from '@opentelemetry/sdk-node';
import { BatchSpanProcessor } from '@opentelemetry/sdk-trace';

/**
 * Every trace to the sink, in batches as the gateway sends its own, and a queue that loses none. Metrics and logs as the
 * variables of the SDK say where `BENCH_SIGNALS` is `all`; otherwise none.
 */
export function startSdk(instrumentations) {
  const exporter = new OTLPTraceExporter({ url: process.env.BENCH_OTLP_TRACES });
  const processor = new BatchSpanProcessor({ exporter, maxQueueSize: 65_536, scheduledDelayMillis: 1000 });
  const only = process.env.BENCH_SIGNALS === 'all' ? {} : { metricReaders: [], logRecordProcessors: [] };
  new NodeSDK({ serviceName: 'gateway', spanProcessors: [processor], instrumentations, ...only }).start();
}
