import { TelemetryConfigError } from './config-error.ts';

const COMPACT_PORT = 6831;
const BINARY_PORT = 6832;
const ALLOWED = 'host:port of the agent (UDP, binary thrift, port 6832), or an http:// or https:// URL of the collector';

export interface JaegerAgent {
  readonly kind: 'jaeger_agent';
  readonly host: string;
  readonly port: number;
  /** The port was given as 6831 (compact thrift, which the exporter does not speak) and was moved. */
  readonly moved: boolean;
}
export interface JaegerCollector {
  readonly kind: 'jaeger_collector';
  readonly url: URL;
}

/** Where `JAEGER_ENDPOINT` points. A collector URL without a path means `/api/traces`. */
export function parseJaegerEndpoint(value: string): JaegerAgent | JaegerCollector {
  if (/^https?:\/\//i.test(value)) return { kind: 'jaeger_collector', url: collectorUrl(value) };
  const match = /^(?:\[(?<v6>[0-9a-fA-F:.]+)\]|(?<name>[\w.-]+))(?::(?<port>\d{1,5}))?$/.exec(value);
  const port = Number(match?.groups?.port ?? BINARY_PORT);
  const host = match?.groups?.v6 ?? match?.groups?.name;
  if (host === undefined || port < 1 || port > 65_535) throw new TelemetryConfigError('JAEGER_ENDPOINT', value, ALLOWED);
  const moved = port === COMPACT_PORT;
  return { kind: 'jaeger_agent', host, port: moved ? BINARY_PORT : port, moved };
}

function collectorUrl(value: string): URL {
  if (!URL.canParse(value)) throw new TelemetryConfigError('JAEGER_ENDPOINT', value, ALLOWED);
  const url = new URL(value);
  if (url.pathname === '/') url.pathname = '/api/traces';
  return url;
}
