import { type Span, SpanKind } from '@opentelemetry/api';
import { Memo } from '../memo.ts';
import type { SpanAttributes } from '../schema.ts';
import { SharedAttributes } from '../tracing/shared-attributes.ts';
import type { Tracing } from '../tracing/tracing.ts';
import { annotateAlike } from './annotate-alike.ts';
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
  readonly attributes?: SpanAttributes | undefined;
}

/** Starts the CLIENT span of one attempt. Give `injectHeaders(span)` to the request, end it with `endSpan`. */
export function startClientSpan(tracing: Tracing, options: ClientSpanOptions): Span {
  if (!tracing.enabled) return OFF_SPAN;
  const { method, route, path, attempt } = options;
  const target = targetOf(options.origin);
  const call = target.calls.of(method).of(route);
  const span = tracing.tracer.startSpan(call.name, CLIENT, contextOf(options.parent));
  if (!span.isRecording()) return span;
  annotateAlike(span, path === route ? call.atItsPath : call.attributes);
  if (path !== route) span.setAttribute('url.full', target.origin + path);
  if (attempt === 1) annotateAlike(span, FIRST);
  else span.setAttributes({ 'penstock.attempt': attempt, 'http.request.resend_count': attempt - 1 } satisfies SpanAttributes);
  // A copy: a span takes over what it is given first.
  if (options.attributes !== undefined) span.setAttributes({ ...options.attributes });
  return span;
}

const CLIENT = Object.freeze({ kind: SpanKind.CLIENT });
const FIRST = new SharedAttributes({ 'penstock.attempt': 1 } satisfies SpanAttributes);

/** Spans of equal calls. */
class CallSpansOf {
  readonly name: string;
  readonly attributes: SharedAttributes;
  /** The same for a route without parameters, which is its own path. */
  readonly atItsPath: SharedAttributes;

  constructor({ origin, address, port }: Target, method: string, route: string | undefined) {
    this.name = route === undefined ? method : `${method} ${route}`;
    const attributes: SpanAttributes = { 'http.request.method': method, 'server.address': address, 'server.port': port };
    this.attributes = new SharedAttributes(attributes);
    this.atItsPath = new SharedAttributes({ ...attributes, 'url.full': origin + (route ?? '') });
  }
}

class Target {
  readonly calls = new Memo((method: string) => new Memo((route: string | undefined) => new CallSpansOf(this, method, route)));
  readonly origin: string;
  readonly address: string;
  readonly port: number;

  constructor({ protocol, host, hostname, port }: URL) {
    this.origin = `${protocol}//${host}`;
    this.address = hostname;
    // URL leaves the port out where it is the scheme's own.
    this.port = port === '' ? (protocol === 'https:' ? 443 : 80) : Number(port);
  }
}

const targets = new WeakMap<URL, Target>();

function targetOf(url: URL): Target {
  const known = targets.get(url);
  if (known !== undefined) return known;
  const target = new Target(url);
  targets.set(url, target);
  return target;
}
