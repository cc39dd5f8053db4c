import http from 'node:http';
import { setTimeout as wait } from 'node:timers/promises';

const MOST_CALLS = 20_000;
const MOST_PER_SECOND = 1000;
const LONGEST_MS = 300_000;

export interface LoadOptions {
  /** Base URL; loopback only. */
  readonly url: string;
  readonly path?: string;
  /** Arrivals per second, whether or not earlier ones were answered. */
  readonly rps: number;
  /** Calls in all. */
  readonly calls: number;
  /** Further arrivals wait while so many calls are under way: for what must not depend on how fast the machine is. Default: none do. */
  readonly mostInFlight?: number;
  /** Body of the call with this number, from 0. Default: none, and GET. */
  readonly body?: (index: number) => unknown;
  readonly headers?: Readonly<Record<string, string>>;
  /** After this a call counts as failed with `client_timeout`. Milliseconds, default 30,000. */
  readonly timeoutMs?: number;
}

/** How one call ended, as its client saw it. */
export interface CallResult {
  readonly index: number;
  /** 0 where there was no whole reply. */
  readonly status: number;
  /** Code of the problem, or of the network's error. */
  readonly code: string | undefined;
  /** `Retry-After`, seconds. */
  readonly retryAfterS: number | undefined;
  readonly startedMs: number;
  readonly ms: number;
}

export interface LoadResult {
  readonly calls: readonly CallResult[];
  readonly ok: number;
  /** Share of calls that got 200. */
  readonly okShare: number;
  /** Latency of the calls that got 200, milliseconds; NaN where none did. */
  percentile(share: number): number;
  /** `200: 58, 503 circuit_open: 2`. */
  readonly summary: string;
}

/**
 * Load from outside: arrivals at a fixed rate over kept connections, each counted once however it ends. Open-loop unless
 * `mostInFlight` bounds it.
 * @throws RangeError for another host than this machine, or more than a test may send
 */
export async function runLoad(options: LoadOptions): Promise<LoadResult> {
  const { rps, calls, mostInFlight = Number.POSITIVE_INFINITY, timeoutMs = 30_000 } = options;
  const url = new URL(options.path ?? '/api/analyze/comprehensive', options.url);
  if (url.hostname !== '127.0.0.1') throw new RangeError(`load goes only to 127.0.0.1, received ${url.hostname}`);
  if (!(rps > 0 && rps <= MOST_PER_SECOND)) throw new RangeError(`rps: received ${rps}, accepted: up to ${MOST_PER_SECOND}`);
  if (!(calls >= 1 && calls <= MOST_CALLS)) throw new RangeError(`calls: received ${calls}, accepted: 1 to ${MOST_CALLS}`);
  if ((calls / rps) * 1000 + timeoutMs > LONGEST_MS) throw new RangeError(`${calls} calls at ${rps} rps take too long`);
  const agent = new http.Agent({ keepAlive: true, maxSockets: Number.POSITIVE_INFINITY });
  const beganMs = performance.now();
  const pending: Promise<CallResult>[] = [];
  const inFlight = new Set<Promise<CallResult>>();
  try {
    for (let index = 0; index < calls; index++) {
      const leftMs = beganMs + (index * 1000) / rps - performance.now();
      if (leftMs > 0) await wait(leftMs);
      while (inFlight.size >= mostInFlight) await Promise.race(inFlight);
      const made = call(url, agent, { index, body: options.body?.(index), headers: options.headers ?? {}, timeoutMs, beganMs });
      pending.push(made);
      inFlight.add(made);
      void made.then(() => inFlight.delete(made));
    }
    return resultOf(await Promise.all(pending));
  } finally {
    agent.destroy();
  }
}

export interface Call {
  readonly index: number;
  /** Undefined: a GET. */
  readonly body: unknown;
  readonly headers: Readonly<Record<string, string>>;
  readonly timeoutMs: number;
  /** When the run began, on the clock of `performance`. */
  readonly beganMs: number;
}

/** Sends one call and waits for its end; at its timeout it hangs up. */
export function call(url: URL, agent: http.Agent, { index, body, headers, timeoutMs, beganMs }: Call): Promise<CallResult> {
  return new Promise((resolve) => {
    const startedAt = performance.now();
    const text = body === undefined ? '' : JSON.stringify(body);
    const length = { 'content-type': 'application/json', 'content-length': Buffer.byteLength(text) };
    const request = http.request(
      url,
      body === undefined ? { agent, headers } : { method: 'POST', agent, headers: { ...length, ...headers } },
    );
    const end = (status: number, code: string | undefined, retryAfter?: string): void => {
      clearTimeout(timer);
      const retryAfterS = retryAfter === undefined ? undefined : Number(retryAfter);
      resolve({ index, status, code, retryAfterS, startedMs: startedAt - beganMs, ms: performance.now() - startedAt });
    };
    const failed = (error: NodeJS.ErrnoException): void => end(0, error.code ?? error.message);
    const timer = setTimeout(() => {
      end(0, 'client_timeout');
      request.destroy();
    }, timeoutMs);
    request.on('error', failed);
    request.on('response', (reply) => {
      const chunks: Buffer[] = [];
      reply.on('data', (chunk: Buffer) => chunks.push(chunk));
      reply.on('error', failed);
      reply.on('end', () => {
        const { statusCode = 0, headers } = reply;
        end(statusCode, statusCode === 200 ? undefined : codeOf(Buffer.concat(chunks)), headers['retry-after']);
      });
    });
    request.end(text);
  });
}

function codeOf(body: Buffer): string | undefined {
  try {
    return (JSON.parse(body.toString('utf8')) as { code?: string }).code;
  } catch {
    // A reply without a problem has no code; its status is told all the same.
    return undefined;
  }
}

function resultOf(calls: readonly CallResult[]): LoadResult {
  const times = calls.filter(({ status }) => status === 200).map(({ ms }) => ms);
  const kinds = Map.groupBy(calls, ({ status, code }) => (code === undefined ? `${status}` : `${status} ${code}`));
  return {
    calls,
    ok: times.length,
    okShare: times.length / calls.length,
    percentile: (share) => quantile(times, share),
    summary: [...kinds].map(([kind, each]) => `${kind}: ${each.length}`).join(', '),
  };
}

/** The whole of a load in one line: how its calls ended, the share that got 200, and how long those took. */
export const describeLoad = (load: LoadResult): string =>
  `${load.summary}; ${(100 * load.okShare).toFixed(2)} %, p50 ${load.percentile(0.5).toFixed(0)} ms, p95 ${load.percentile(0.95).toFixed(0)} ms`;

/** The value below which this share of the values lies (nearest rank); NaN of none. */
export function quantile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? Number.NaN;
}
