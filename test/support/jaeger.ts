import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { accessSync, constants } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { homedir, tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { freePorts, freeUdpPort } from './free-ports.ts';
import type { Available } from './require-server.ts';

/** What may wait while a busy machine does not run Jaeger; the system's default is full after two packets. */
const UDP_BUFFER_BYTES = 4 * 1024 * 1024;

const HOUR_MS = 3_600_000;

/** A span as Jaeger's HTTP API gives it. */
export interface JaegerSpan {
  readonly traceID: string;
  readonly spanID: string;
  readonly operationName: string;
  readonly references: readonly { readonly refType: string; readonly traceID: string; readonly spanID: string }[];
  /** Microseconds. */
  readonly startTime: number;
  readonly duration: number;
  readonly tags: readonly { readonly key: string; readonly value: unknown }[];
  readonly logs: readonly { readonly fields: readonly { readonly key: string; readonly value: unknown }[] }[];
  readonly processID: string;
}
export interface JaegerTrace {
  readonly traceID: string;
  readonly spans: readonly JaegerSpan[];
  readonly processes: Readonly<Record<string, { readonly serviceName: string }>>;
}

/** `callCount` spans of `child` have a parent in `parent`. */
export interface Dependency {
  readonly parent: string;
  readonly child: string;
  readonly callCount: number;
}

export interface Jaeger {
  readonly queryUrl: string;
  /** `JAEGER_ENDPOINT` for the agent. */
  readonly agent: string;
  /** `JAEGER_ENDPOINT` for the collector. */
  readonly collector: string;
  /** `OTEL_EXPORTER_OTLP_ENDPOINT`. */
  readonly otlp: string;
  /** The trace, once it has at least `minSpans` spans; throws with what there is after `withinMs`. */
  fetchTrace(traceId: string, options?: { minSpans?: number; withinMs?: number }): Promise<JaegerTrace>;
  /** All traces with a span of this service, and of those that have one with these tags, whole; at most `limit`. */
  search(service: string, options?: { tags?: Readonly<Record<string, string>>; limit?: number }): Promise<readonly JaegerTrace[]>;
  /** Calls from service to service, as Jaeger finds them in all traces. */
  dependencies(): Promise<readonly Dependency[]>;
  services(): Promise<readonly string[]>;
  stop(): Promise<void>;
}

const binary = (): string =>
  process.env.JAEGER_BIN ?? join(process.env.XDG_CACHE_HOME ?? join(homedir(), '.cache'), 'penstock/jaeger-v1.76.0/jaeger');

/** Whether there is a Jaeger to start. Nothing is built here: that is what scripts/jaeger.sh is for. */
export function jaegerAvailable(): Available {
  try {
    accessSync(binary(), constants.X_OK);
    return true;
  } catch (error) {
    return `${binary()} cannot be run (${(error as NodeJS.ErrnoException).code}); scripts/jaeger.sh builds it`;
  }
}

/** Starts a Jaeger of its own on free ports of 127.0.0.1, with storage in memory. */
export async function startJaeger(): Promise<Jaeger> {
  const [query, queryGrpc, collector, otlp] = (await freePorts(4)) as [number, number, number, number];
  const agent = await freeUdpPort();
  const folder = await mkdtemp(join(tmpdir(), 'penstock-jaeger-'));
  const config = join(folder, 'config.json');
  await writeFile(config, JSON.stringify(configuration({ query, queryGrpc, collector, otlp, agent })));
  const child = spawn(binary(), [`--config=file:${config}`], { stdio: ['ignore', 'pipe', 'pipe'] });
  const output = collect(child);
  const queryUrl = `http://127.0.0.1:${query}`;
  const stop = async (): Promise<void> => {
    if (child.exitCode === null && child.signalCode === null) {
      child.kill('SIGKILL');
      await once(child, 'exit');
    }
    await rm(folder, { recursive: true, force: true });
  };
  try {
    await poll(20_000, async () => {
      if (child.exitCode !== null) throw new Error(`Jaeger ended with code ${child.exitCode}: ${output()}`);
      return (await get(`${queryUrl}/api/services`)).status === 200 ? true : undefined;
    });
  } catch (error) {
    await stop();
    throw error;
  }
  return {
    queryUrl,
    agent: `127.0.0.1:${agent}`,
    collector: `http://127.0.0.1:${collector}/api/traces`,
    otlp: `http://127.0.0.1:${otlp}`,
    fetchTrace: (traceId, options) => fetchTrace(queryUrl, traceId, options),
    search: (service, options) => search(queryUrl, service, options),
    dependencies: async () => {
      const times = new URLSearchParams({ endTs: String(Date.now()), lookback: String(HOUR_MS) });
      return ((await get(`${queryUrl}/api/dependencies?${times}`)).body as { data: Dependency[] | null }).data ?? [];
    },
    services: async () => ((await get(`${queryUrl}/api/services`)).body as { data: string[] | null }).data ?? [],
    stop,
  };
}

function configuration(port: { query: number; queryGrpc: number; collector: number; otlp: number; agent: number }) {
  const at = (number: number) => ({ endpoint: `127.0.0.1:${number}` });
  return {
    service: {
      extensions: ['jaeger_storage', 'jaeger_query'],
      pipelines: { traces: { receivers: ['otlp', 'jaeger'], exporters: ['jaeger_storage_exporter'] } },
      telemetry: { metrics: { level: 'none' }, logs: { level: 'warn' } },
    },
    extensions: {
      jaeger_storage: { backends: { memory: { memory: { max_traces: 50_000 } } } },
      jaeger_query: { storage: { traces: 'memory' }, http: at(port.query), grpc: at(port.queryGrpc) },
    },
    receivers: {
      otlp: { protocols: { http: at(port.otlp) } },
      jaeger: {
        protocols: {
          thrift_http: at(port.collector),
          thrift_binary: { ...at(port.agent), socket_buffer_size: UDP_BUFFER_BYTES },
        },
      },
    },
    exporters: { jaeger_storage_exporter: { trace_storage: 'memory' } },
  };
}

async function fetchTrace(
  queryUrl: string,
  traceId: string,
  { minSpans = 1, withinMs = 10_000 }: { minSpans?: number; withinMs?: number } = {},
): Promise<JaegerTrace> {
  let seen: JaegerTrace | undefined;
  return poll(
    withinMs,
    async () => {
      const { body } = await get(`${queryUrl}/api/traces/${traceId}`);
      seen = (body as { data?: JaegerTrace[] | null }).data?.[0];
      return seen !== undefined && seen.spans.length >= minSpans ? seen : undefined;
    },
    () => `trace ${traceId}: ${minSpans} spans expected, in Jaeger: ${seen === undefined ? 'none' : countByName(seen)}`,
  );
}

async function search(
  queryUrl: string,
  service: string,
  { tags, limit = 100 }: { tags?: Readonly<Record<string, string>>; limit?: number } = {},
): Promise<readonly JaegerTrace[]> {
  const query = new URLSearchParams({ service, limit: String(limit), lookback: '1h' });
  if (tags !== undefined) query.set('tags', JSON.stringify(tags));
  const { status, body } = await get(`${queryUrl}/api/traces?${query}`);
  if (status !== 200) throw new Error(`Jaeger answered ${status}: ${JSON.stringify(body)}`);
  return (body as { data: JaegerTrace[] | null }).data ?? [];
}

function countByName({ spans }: JaegerTrace): string {
  const groups = Map.groupBy(spans, ({ operationName }) => operationName);
  return [...groups].map(([name, each]) => `${each.length} × ${name}`).join(', ');
}

/** Spans by name, in the order of their start. */
export const spansNamed = (trace: JaegerTrace, name: string): JaegerSpan[] =>
  trace.spans.filter((span) => span.operationName === name).sort((a, b) => a.startTime - b.startTime);

/** Client spans of one request. Two attempts can start in the same microsecond, their numbers differ. */
export const inOrderOfAttempts = (spans: readonly JaegerSpan[]): JaegerSpan[] => {
  const attempt = (span: JaegerSpan): number => Number(tag(span, 'penstock.attempt'));
  return [...spans].sort((a, b) => attempt(a) - attempt(b));
};

/** Value of a tag of a span. */
export const tag = (span: JaegerSpan, key: string): unknown => span.tags.find((each) => each.key === key)?.value;

/** Span id of the parent; undefined for the root. */
export const parentOf = (span: JaegerSpan): string | undefined =>
  span.references.find(({ refType }) => refType === 'CHILD_OF')?.spanID;

/** Name of the service that a span comes from. */
export const serviceOf = (trace: JaegerTrace, span: JaegerSpan): string | undefined =>
  trace.processes[span.processID]?.serviceName;

async function poll<T>(withinMs: number, attempt: () => Promise<T | undefined>, describe = () => 'nothing answered'): Promise<T> {
  const until = performance.now() + withinMs;
  for (;;) {
    const result = await attempt();
    if (result !== undefined) return result;
    if (performance.now() > until) throw new Error(`after ${withinMs} ms: ${describe()}`);
    await wait(50);
  }
}

// Status 0: nothing listens yet.
async function get(url: string): Promise<{ status: number; body: unknown }> {
  try {
    const response = await fetch(url);
    return { status: response.status, body: await response.json() };
  } catch (error) {
    return { status: 0, body: { error: String(error) } };
  }
}

function collect(child: ChildProcess): () => string {
  let text = '';
  const keep = (chunk: Buffer): void => {
    text = (text + chunk.toString()).slice(-4000);
  };
  child.stdout?.on('data', keep);
  child.stderr?.on('data', keep);
  return () => text;
}
