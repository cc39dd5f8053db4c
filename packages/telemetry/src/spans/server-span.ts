import { type Span, SpanKind } from '@opentelemetry/api';
import { knownMethod } from '../known-method.ts';
import type { Tracing } from '../tracing/tracing.ts';
import { definedAttributes } from './attributes.ts';
import { OFF_SPAN } from './off-span.ts';
import { extractContext, type IncomingHeaders } from './propagation.ts';

export interface ServerSpanOptions {
  readonly method: string;
  /** Route template; undefined for a request that met no route. The raw path never becomes the name. */
  readonly route: string | undefined;
  /** Headers of the request; `traceparent` makes the span a child of the caller's. */
  readonly headers: IncomingHeaders;
  readonly scheme?: 'http' | 'https';
  /** Path without the query. */
  readonly path?: string;
  readonly clientAddress?: string | undefined;
  readonly serverAddress?: string | undefined;
  readonly serverPort?: number | undefined;
  readonly protocolVersion?: string | undefined;
}

/** Starts the SERVER span of a request, named `METHOD route`. End it with `endSpan`. */
export function startServerSpan(tracing: Tracing, options: ServerSpanOptions): Span {
  if (!tracing.enabled) return OFF_SPAN;
  const known = knownMethod(options.method);
  const method = known === options.method ? known : 'HTTP';
  const userAgent = options.headers['user-agent'];
  return tracing.tracer.startSpan(
    options.route === undefined ? method : `${method} ${options.route}`,
    {
      kind: SpanKind.SERVER,
      attributes: definedAttributes({
        'http.request.method': known,
        'http.request.method_original': known === options.method ? undefined : options.method,
        'http.route': options.route,
        'url.scheme': options.scheme ?? 'http',
        'url.path': options.path,
        'client.address': options.clientAddress,
        'server.address': options.serverAddress,
        'server.port': options.serverPort,
        'network.protocol.version': options.protocolVersion,
        'user_agent.original': typeof userAgent === 'string' ? userAgent : undefined,
      }),
    },
    extractContext(options.headers),
  );
}
