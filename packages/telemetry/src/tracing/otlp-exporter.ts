import http from 'node:http';
import https from 'node:https';
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-http';
import { EXPORT_LIMIT_MS, type RawExporter } from './ordered-exporter.ts';
import type { OtlpTarget } from './otlp-target.ts';

/** OTLP over HTTP as JSON. The agent is ours, so that a request without an answer can be ended. */
export function otlpExporter({ url, headers }: OtlpTarget): RawExporter {
  const agent = url.protocol === 'https:' ? new https.Agent({ keepAlive: true }) : new http.Agent({ keepAlive: true });
  const exporter = new OTLPTraceExporter({
    url: url.href,
    headers,
    timeoutMillis: EXPORT_LIMIT_MS,
    httpAgentOptions: () => agent,
  });
  return {
    export: (spans, done) => exporter.export(spans, done),
    abandon: () => agent.destroy(),
  };
}
