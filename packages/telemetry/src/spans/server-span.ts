import { type Span, SpanKind } from '@opentelemetry/api';
import { knownMethod } from '../known-method.ts';
import { Memo } from '../memo.ts';
import type { SpanAttributes } from '../schema.ts';
import { SharedAttributes } from '../tracing/shared-attributes.ts';
import type { Tracing } from '../tracing/tracing.ts';
import { annotateAlike } from './annotate-alike.ts';
import { OFF_SPAN } from './off-span.ts';
import { extractContext, type IncomingHeaders } from './propagation.ts';

export interface ServerSpanOptions {
  readonly method: string;
  /** Route template; undefined for a request that met no route. The raw path never becomes the name. */
  readonly route: string | undefined;
  /** Path without the query. */
  readonly path?: string;
  /** Headers of the request; `traceparent` makes the span a child of the caller's. */
  readonly headers: IncomingHeaders;
  readonly scheme?: 'http' | 'https';
}

export interface ClientDetails {
  readonly clientAddress?: string | undefined;
  readonly serverAddress?: string | undefined;
  readonly serverPort?: number | undefined;
  readonly protocolVersion?: string | undefined;
  readonly userAgent?: string | undefined;
}

/** Who asks, and by which name, as attributes for all spans of the same connection. */
export const clientAttributes = (client: ClientDetails): SharedAttributes =>
  new SharedAttributes({
    'client.address': client.clientAddress,
    'server.address': client.serverAddress,
    'server.port': client.serverPort,
    'network.protocol.version': client.protocolVersion,
    'user_agent.original': client.userAgent,
  } satisfies SpanAttributes);

/**
 * Starts the SERVER span of a request, named `METHOD route`. End it with `endSpan`.
 * @param client what else is known of the request; asked only where the span is recorded
 */
export function startServerSpan(tracing: Tracing, options: ServerSpanOptions, client?: () => SharedAttributes): Span {
  if (!tracing.enabled) return OFF_SPAN;
  const { method, route, path, headers, scheme = 'http' } = options;
  const known = knownMethod(method);
  const request = schemes[scheme].of(known).of(route);
  const { name } = known === method ? request : schemes[scheme].of('HTTP').of(route);
  const span = tracing.tracer.startSpan(name, SERVER, extractContext(headers));
  if (!span.isRecording()) return span;
  if (known !== method) span.setAttribute('http.request.method_original', method);
  annotateAlike(span, path === route ? request.atItsPath : request.attributes);
  if (path !== undefined && path !== route) span.setAttribute('url.path', path);
  if (client !== undefined) annotateAlike(span, client());
  return span;
}

const SERVER = Object.freeze({ kind: SpanKind.SERVER });

/** Spans of equal requests. */
class RequestSpans {
  readonly name: string;
  readonly attributes: SharedAttributes;
  /** The same for a route without parameters, which is its own path. */
  readonly atItsPath: SharedAttributes;

  constructor(scheme: string, method: string, route: string | undefined) {
    this.name = route === undefined ? method : `${method} ${route}`;
    const attributes: SpanAttributes = { 'http.request.method': method, 'http.route': route, 'url.scheme': scheme };
    this.attributes = new SharedAttributes(attributes);
    this.atItsPath = new SharedAttributes({ ...attributes, 'url.path': route });
  }
}

const spansOf = (scheme: string) =>
  new Memo((method: string) => new Memo((route: string | undefined) => new RequestSpans(scheme, method, route)));

const schemes = { http: spansOf('http'), https: spansOf('https') } as const;
