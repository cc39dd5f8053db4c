import { TelemetryConfigError } from './config-error.ts';
import { given, type TracingEnv } from './tracing-env.ts';

export interface OtlpTarget {
  readonly kind: 'otlp';
  readonly url: URL;
  readonly headers: Readonly<Record<string, string>>;
}

/** The OTLP/HTTP target of the standard variables; undefined where neither endpoint is given. */
export function parseOtlpEndpoint(env: TracingEnv): OtlpTarget | undefined {
  const own = given(env, 'OTEL_EXPORTER_OTLP_TRACES_ENDPOINT');
  const base = given(env, 'OTEL_EXPORTER_OTLP_ENDPOINT');
  if (own === undefined && base === undefined) return undefined;
  checkProtocol(env, 'OTEL_EXPORTER_OTLP_PROTOCOL');
  checkProtocol(env, 'OTEL_EXPORTER_OTLP_TRACES_PROTOCOL');
  const headers = {
    ...parseHeaders(env, 'OTEL_EXPORTER_OTLP_HEADERS'),
    ...parseHeaders(env, 'OTEL_EXPORTER_OTLP_TRACES_HEADERS'),
  };
  if (own !== undefined) return { kind: 'otlp', url: httpUrl('OTEL_EXPORTER_OTLP_TRACES_ENDPOINT', own), headers };
  // The common endpoint is a base that /v1/traces is appended to, the one for traces is used as it is.
  const url = httpUrl('OTEL_EXPORTER_OTLP_ENDPOINT', base!);
  url.pathname = `${url.pathname.replace(/\/$/, '')}/v1/traces`;
  return { kind: 'otlp', url, headers };
}

function httpUrl(variable: string, value: string): URL {
  const url = URL.canParse(value) ? new URL(value) : undefined;
  if (url === undefined || !/^https?:$/.test(url.protocol)) {
    throw new TelemetryConfigError(variable, value, 'an http:// or https:// URL, such as http://localhost:4318');
  }
  return url;
}

function checkProtocol(env: TracingEnv, variable: 'OTEL_EXPORTER_OTLP_PROTOCOL' | 'OTEL_EXPORTER_OTLP_TRACES_PROTOCOL'): void {
  const value = given(env, variable);
  if (value !== undefined && value !== 'http/json') throw new TelemetryConfigError(variable, value, 'http/json');
}

/** `name=value,name=value`, percent-encoded as in W3C baggage. A value may itself contain `=`. */
function parseHeaders(
  env: TracingEnv,
  variable: 'OTEL_EXPORTER_OTLP_HEADERS' | 'OTEL_EXPORTER_OTLP_TRACES_HEADERS',
): Record<string, string> {
  const headers: Record<string, string> = {};
  for (const pair of given(env, variable)?.split(',') ?? []) {
    if (pair.trim() === '') continue;
    const match = /^\s*(?<name>[!#$%&'*+.^_`|~\w-]+)\s*=\s*(?<value>.*?)\s*$/.exec(pair);
    // The pair is not repeated in the message: its value is likely to be a secret.
    if (match?.groups === undefined) {
      throw new TelemetryConfigError(variable, '(not shown)', 'name=value pairs separated by commas, values percent-encoded');
    }
    headers[match.groups.name!] = decoded(variable, match.groups.value!);
  }
  return headers;
}

function decoded(variable: string, value: string): string {
  try {
    return decodeURIComponent(value);
  } catch (error) {
    if (!(error instanceof URIError)) throw error;
    throw new TelemetryConfigError(variable, '(not shown)', 'values whose % signs are part of a percent-encoding');
  }
}
