import http from 'node:http';
import https from 'node:https';
import { OTLPExporterBase } from '@opentelemetry/otlp-exporter-base';
import { convertLegacyHttpOptions, createOtlpHttpExportDelegate } from '@opentelemetry/otlp-exporter-base/node-http';
import { type ISerializer, JsonTraceSerializer } from '@opentelemetry/otlp-transformer';
import { EXPORT_LIMIT_MS, type RawExporter } from './ordered-exporter.ts';
import type { OtlpTarget } from './otlp-target.ts';

const asItIs: ISerializer<Uint8Array, unknown> = {
  serializeRequest: (text) => text,
  deserializeResponse: (data) => JsonTraceSerializer.deserializeResponse(data),
};

// For the SDK's own metrics, which nobody is given: what is lost is counted by the processor.
const UNCOUNTED = { name: 'span', countItems: () => 0 } as const;

/**
 * OTLP over HTTP: the SDK's exporter for what is JSON already. The agent is ours, so that a request without an answer can
 * be ended.
 */
export function otlpExporter({ url, headers }: OtlpTarget): RawExporter<Uint8Array> {
  const agent = url.protocol === 'https:' ? new https.Agent({ keepAlive: true }) : new http.Agent({ keepAlive: true });
  const options = { url: url.href, headers, timeoutMillis: EXPORT_LIMIT_MS, httpAgentOptions: () => agent };
  const http1 = convertLegacyHttpOptions(options, 'TRACES', 'v1/traces', { 'Content-Type': 'application/json' });
  const exporter = new OTLPExporterBase(
    createOtlpHttpExportDelegate(http1, asItIs, 'otlp_http_json_span_exporter', UNCOUNTED, undefined),
  );
  return {
    export: (text, done) => exporter.export(text, done),
    abandon: () => agent.destroy(),
  };
}
