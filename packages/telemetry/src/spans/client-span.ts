import { context, type Span, SpanKind, trace } from '@opentelemetry/api';
import type { SpanAttributes } from '../schema.ts';
import type { Tracing } from '../tracing/tracing.ts';
import { definedAttributes } from './attributes.ts';
import { OFF_SPAN } from './off-span.ts';

export interface ClientSpanOptions {
  /** The span the attempt belongs to, usually the server span of the request. */
  readonly parent: Span;
  readonly method: string;
  /** Route template of the target, for the name; undefined: the method alone. */
  readonly route?: string | undefined;
  /** Origin of the target, such as `http://127.0.0.1:8080`. */
  readonly origin: URL;
  /** Path and query as sent. */
  readonly path: string;
  /** Number of the attempt, from 1; later ones carry `http.request.resend_count`. */
  readonly attempt: number;
  readonly attributes?: SpanAttributes;
}

/** Starts the CLIENT span of one attempt. Give `injectHeaders(span)` to the request, end it with `endSpan`. */
export function startClientSpan(tracing: Tracing, options: ClientSpanOptions): Span {
  if (!tracing.enabled) return OFF_SPAN;
  const { method, route, origin, path, attempt } = options;
  return tracing.tracer.startSpan(
    route === undefined ? method : `${method} ${route}`,
    {
      kind: SpanKind.CLIENT,
      attributes: definedAttributes({
        'http.request.method': method,
        'http.request.resend_count': attempt > 1 ? attempt - 1 : undefined,
        'url.full': `${origin.protocol}//${origin.host}${path}`,
        'server.address': origin.hostname,
        'server.port': portOf(origin),
        'penstock.attempt': attempt,
        ...options.attributes,
      }),
    },
    trace.setSpan(context.active(), options.parent),
  );
}

// URL leaves the port out where it is the scheme's own.
const portOf = (origin: URL): number => (origin.port === '' ? (origin.protocol === 'https:' ? 443 : 80) : Number(origin.port));
