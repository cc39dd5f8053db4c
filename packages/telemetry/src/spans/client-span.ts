import { type Span, SpanKind } from '@opentelemetry/api';
import type { SpanAttributes } from '../schema.ts';
import type { Tracing } from '../tracing/tracing.ts';
import { contextOf } from './context-of.ts';
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
  const { method, route, path, attempt } = options;
  const name = route === undefined ? method : `${method} ${route}`;
  const span = tracing.tracer.startSpan(name, CLIENT, contextOf(options.parent));
  if (!span.isRecording()) return span;
  const { origin, address, port } = targetOf(options.origin);
  span.setAttributes({
    'http.request.method': method,
    'http.request.resend_count': attempt > 1 ? attempt - 1 : undefined,
    'url.full': origin + path,
    'server.address': address,
    'server.port': port,
    'penstock.attempt': attempt,
  } satisfies SpanAttributes);
  if (options.attributes !== undefined) span.setAttributes(options.attributes);
  return span;
}

const CLIENT = Object.freeze({ kind: SpanKind.CLIENT });

interface Target {
  readonly origin: string;
  readonly address: string;
  readonly port: number;
}

// A URL makes each of its parts anew whenever it is asked.
const targets = new WeakMap<URL, Target>();

function targetOf(url: URL): Target {
  const known = targets.get(url);
  if (known !== undefined) return known;
  const { protocol, host, hostname: address } = url;
  // URL leaves the port out where it is the scheme's own.
  const port = url.port === '' ? (protocol === 'https:' ? 443 : 80) : Number(url.port);
  const target = { origin: `${protocol}//${host}`, address, port };
  targets.set(url, target);
  return target;
}
