import { once } from 'node:events';
import { createServer, type IncomingHttpHeaders, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { json } from 'node:stream/consumers';

/** A span as it was sent, its attributes as plain values. */
export interface CollectedSpan {
  readonly service: string;
  readonly traceId: string;
  readonly spanId: string;
  readonly parent: string | undefined;
  readonly name: string;
  readonly kind: 'internal' | 'server' | 'client' | 'other';
  readonly durationMs: number;
  readonly attributes: Attributes;
  readonly events: readonly { readonly name: string; readonly attributes: Attributes }[];
  readonly links: readonly { readonly traceId: string; readonly spanId: string; readonly attributes: Attributes }[];
}
type Attributes = Readonly<Record<string, unknown>>;

export interface OtlpCollector {
  /** `OTEL_EXPORTER_OTLP_ENDPOINT`. */
  readonly url: string;
  /** Everything that was taken so far, in the order of its arrival. */
  readonly spans: readonly CollectedSpan[];
  /** Requests that were refused with 401. */
  readonly refused: number;
  trace(traceId: string): readonly CollectedSpan[];
  stop(): Promise<void>;
}

/** Takes OTLP over HTTP as JSON in this process; with `required`, only where these headers have these values. */
export async function startOtlpCollector(required: Readonly<Record<string, string>> = {}): Promise<OtlpCollector> {
  const spans: CollectedSpan[] = [];
  let refused = 0;
  const isAllowed = (headers: IncomingHttpHeaders): boolean =>
    Object.entries(required).every(([name, value]) => headers[name] === value);
  const server = createServer(async (request, response) => {
    const body = (await json(request)) as OtlpRequest;
    if (!isAllowed(request.headers)) refused++;
    else if (isTraces(request)) spans.push(...spansIn(body));
    response.writeHead(isAllowed(request.headers) ? (isTraces(request) ? 200 : 404) : 401).end('{}');
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    spans,
    get refused() {
      return refused;
    },
    trace: (traceId) => spans.filter((span) => span.traceId === traceId),
    stop: async () => {
      server.closeAllConnections();
      await new Promise<void>((resolve) => server.close(() => resolve()));
    },
  };
}

const isTraces = ({ method, url }: IncomingMessage): boolean => method === 'POST' && (url ?? '').endsWith('/v1/traces');

interface OtlpAttribute {
  readonly key: string;
  readonly value: Readonly<Record<string, unknown>>;
}
interface OtlpSpan {
  readonly traceId: string;
  readonly spanId: string;
  readonly parentSpanId?: string;
  readonly name: string;
  readonly kind: number;
  readonly startTimeUnixNano: string;
  readonly endTimeUnixNano: string;
  readonly attributes?: readonly OtlpAttribute[];
  readonly events?: readonly { readonly name: string; readonly attributes?: readonly OtlpAttribute[] }[];
  readonly links?: readonly {
    readonly traceId: string;
    readonly spanId: string;
    readonly attributes?: readonly OtlpAttribute[];
  }[];
}
interface OtlpRequest {
  readonly resourceSpans: readonly {
    readonly resource: { readonly attributes: readonly OtlpAttribute[] };
    readonly scopeSpans: readonly { readonly spans: readonly OtlpSpan[] }[];
  }[];
}

const KINDS: Readonly<Record<number, CollectedSpan['kind']>> = { 1: 'internal', 2: 'server', 3: 'client' };
const NANOSECONDS = 1_000_000n;

function spansIn({ resourceSpans }: OtlpRequest): CollectedSpan[] {
  return resourceSpans.flatMap(({ resource, scopeSpans }) => {
    const service = String(valuesOf(resource.attributes)['service.name']);
    return scopeSpans.flatMap(({ spans }) => spans.map((span) => collected(span, service)));
  });
}

const collected = (span: OtlpSpan, service: string): CollectedSpan => ({
  service,
  traceId: span.traceId,
  spanId: span.spanId,
  parent: span.parentSpanId === '' ? undefined : span.parentSpanId,
  name: span.name,
  kind: KINDS[span.kind] ?? 'other',
  durationMs: Number((BigInt(span.endTimeUnixNano) - BigInt(span.startTimeUnixNano)) / NANOSECONDS),
  attributes: valuesOf(span.attributes),
  events: (span.events ?? []).map(({ name, attributes }) => ({ name, attributes: valuesOf(attributes) })),
  links: (span.links ?? []).map(({ traceId, spanId, attributes }) => ({ traceId, spanId, attributes: valuesOf(attributes) })),
});

// `{ "key": "a", "value": { "intValue": 1 } }`
const valuesOf = (attributes: readonly OtlpAttribute[] = []): Attributes =>
  Object.fromEntries(attributes.map(({ key, value }) => [key, Object.values(value)[0]]));
