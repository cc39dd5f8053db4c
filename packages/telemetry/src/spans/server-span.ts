import { type Span, SpanKind } from '@opentelemetry/api';
import { knownMethod } from '../known-method.ts';
import type { SpanAttributes } from '../schema.ts';
import type { Tracing } from '../tracing/tracing.ts';
import { OFF_SPAN } from './off-span.ts';
import { extractContext, type IncomingHeaders } from './propagation.ts';

export interface ServerSpanOptions {
  readonly method: string;
  /** Route template; undefined for a request that met no route. The raw path never becomes the name. */
  readonly route: string | undefined;
  /** Headers of the request; `traceparent` makes the span a child of the caller's. */
  readonly headers: IncomingHeaders;
  readonly scheme?: 'http' | 'https';
}

export interface ServerSpanDetails {
  /** Path without the query. */
  readonly path?: string;
  readonly clientAddress?: string | undefined;
  readonly serverAddress?: string | undefined;
  readonly serverPort?: number | undefined;
  readonly protocolVersion?: string | undefined;
}

/**
 * Starts the SERVER span of a request, named `METHOD route`. End it with `endSpan`.
 * @param details what else is known of the request; asked only where the span is recorded
 */
export function startServerSpan(tracing: Tracing, options: ServerSpanOptions, details?: () => ServerSpanDetails): Span {
  if (!tracing.enabled) return OFF_SPAN;
  const { route, headers, scheme = 'http' } = options;
  const known = knownMethod(options.method);
  const method = known === options.method ? known : 'HTTP';
  const name = route === undefined ? method : `${method} ${route}`;
  const span = tracing.tracer.startSpan(name, SERVER, extractContext(headers));
  if (!span.isRecording()) return span;
  const userAgent = headers['user-agent'];
  const { path, clientAddress, serverAddress, serverPort, protocolVersion } = details?.() ?? {};
  span.setAttributes({
    'http.request.method': known,
    'http.request.method_original': known === options.method ? undefined : options.method,
    'http.route': route,
    'url.scheme': scheme,
    'url.path': path,
    'client.address': clientAddress,
    'server.address': serverAddress,
    'server.port': serverPort,
    'network.protocol.version': protocolVersion,
    'user_agent.original': typeof userAgent === 'string' ? userAgent : undefined,
  } satisfies SpanAttributes);
  return span;
}

const SERVER = Object.freeze({ kind: SpanKind.SERVER });
