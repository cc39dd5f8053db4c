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
  if (attempt === 1) annotateAlike(span, call.first.of(path));
  else {
    annotateAlike(span, call.later.of(path));
    span.setAttributes({ 'penstock.attempt': attempt, 'http.request.resend_count': attempt - 1 } satisfies SpanAttributes);
  }
  // A copy: a span takes over what it is given first.
  if (options.attributes !== undefined) span.setAttributes({ ...options.attributes });
  return span;
}

const CLIENT = Object.freeze({ kind: SpanKind.CLIENT });

/** Spans of equal calls. */
class CallSpansOf {
  readonly name: string;
  /** By path. */
  readonly first: Memo<string, SharedAttributes>;
  readonly later: Memo<string, SharedAttributes>;

  constructor(target: Target, method: string, route: string | undefined) {
    this.name = route === undefined ? method : `${method} ${route}`;
    this.first = new Memo((path) => new SharedAttributes({ ...target.attributes(method, path), 'penstock.attempt': 1 }));
    this.later = new Memo((path) => new SharedAttributes(target.attributes(method, path)));
  }
}

class Target {
  readonly calls = new Memo((method: string) => new Memo((route: string | undefined) => new CallSpansOf(this, method, route)));
  readonly #origin: string;
  readonly #address: string;
  readonly #port: number;

  constructor({ protocol, host, hostname, port }: URL) {
    this.#origin = `${protocol}//${host}`;
    this.#address = hostname;
    // URL leaves the port out where it is the scheme's own.
    this.#port = port === '' ? (protocol === 'https:' ? 443 : 80) : Number(port);
  }

  attributes(method: string, path: string): SpanAttributes {
    return {
      'http.request.method': method,
      'url.full': this.#origin + path,
      'server.address': this.#address,
      'server.port': this.#port,
    };
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
