import http from 'node:http';
import https from 'node:https';
import { OTLPExporterBase } from '@opentelemetry/otlp-exporter-base';
import { convertLegacyHttpOptions, createOtlpHttpExportDelegate } from '@opentelemetry/otlp-exporter-base/node-http';
import { type ISerializer, JsonTraceSerializer, TraceExporterMetricsHelper } from '@opentelemetry/otlp-transformer';
import type { ReadableSpan } from '@opentelemetry/sdk-trace-base';
import { EXPORT_LIMIT_MS, type RawExporter } from './ordered-exporter.ts';
import { otlpJson } from './otlp-json.ts';
import type { OtlpTarget } from './otlp-target.ts';

const serializer: ISerializer<ReadableSpan[], unknown> = {
  serializeRequest: (spans) => Buffer.from(otlpJson(spans)),
  deserializeResponse: (data) => JsonTraceSerializer.deserializeResponse(data),
};

/**
 * OTLP over HTTP as JSON: the SDK's exporter with a serializer of our own. The agent is ours too, so that a request
 * without an answer can be ended.
 */
export function otlpExporter({ url, headers }: OtlpTarget): RawExporter {
  const agent = url.protocol === 'https:' ? new https.Agent({ keepAlive: true }) : new http.Agent({ keepAlive: true });
  const options = { url: url.href, headers, timeoutMillis: EXPORT_LIMIT_MS, httpAgentOptions: () => agent };
  const http1 = convertLegacyHttpOptions(options, 'TRACES', 'v1/traces', { 'Content-Type': 'application/json' });
  const exporter = new OTLPExporterBase(
    createOtlpHttpExportDelegate(http1, serializer, 'otlp_http_json_span_exporter', TraceExporterMetricsHelper, undefined),
  );
  return {
    export: (spans, done) => exporter.export(spans, done),
    abandon: () => agent.destroy(),
  };
}
