import http from 'node:http';
import { setTimeout as wait } from 'node:timers/promises';
import { seededRandom } from '../../packages/clock/src/index.ts';
import { type CallResult, call } from './load.ts';

const MOST_TRIES = 20_000;
const LONGEST_S = 300;

export interface RetryingLoadOptions {
  /** Base URL; loopback only. */
  readonly url: string;
  /** One after the other: new calls per second, and for how many seconds. */
  readonly phases: readonly { readonly rps: number; readonly seconds: number }[];
  /** How often a client tries before it gives up. */
  readonly tries: number;
  /** A try without an answer is hung up after this, milliseconds. */
  readonly timeoutMs: number;
  /** Between a failed try and the next one, milliseconds. */
  readonly pauseMs: number;
  /** Body of the try with this number, counted over all calls. */
  readonly body: (index: number) => unknown;
  readonly headers?: Readonly<Record<string, string>>;
  /** Of the moments of arrival: each call begins at a random one of its own share of the second, so that tries fall out of step. */
  readonly seed: number;
}

/** A client's call with all of its tries. */
export interface RetriedCall {
  /** Milliseconds from the beginning of the load. */
  readonly startedMs: number;
  readonly tries: readonly CallResult[];
  /** Whether a try got 200 within the client's timeout. */
  readonly answered: boolean;
}

/**
 * Clients as bad as they come: each hangs up after its timeout and tries again, with a pause that never grows.
 * @throws RangeError for another host than this machine, or more than a test may send
 */
export async function runRetryingLoad(options: RetryingLoadOptions): Promise<readonly RetriedCall[]> {
  const { phases, tries, seed } = options;
  const url = new URL('/api/analyze/comprehensive', options.url);
  if (url.hostname !== '127.0.0.1') throw new RangeError(`load goes only to 127.0.0.1, received ${url.hostname}`);
  const most = tries * phases.reduce((sum, { rps, seconds }) => sum + rps * seconds, 0);
  if (!(most <= MOST_TRIES)) throw new RangeError(`up to ${most} tries; accepted: up to ${MOST_TRIES}`);
  const lasts = phases.reduce((sum, { seconds }) => sum + seconds, 0);
  if (!(lasts <= LONGEST_S)) throw new RangeError(`${lasts} s of load; accepted: up to ${LONGEST_S}`);
  const agent = new http.Agent({ keepAlive: true, maxSockets: Number.POSITIVE_INFINITY });
  const client = { url, agent, beganMs: performance.now(), nextIndex: counter(), options };
  const pending: Promise<RetriedCall>[] = [];
  try {
    for (const atMs of arrivals(phases, seed)) {
      const leftMs = client.beganMs + atMs - performance.now();
      if (leftMs > 0) await wait(leftMs);
      pending.push(oneCall(client));
    }
    return await Promise.all(pending);
  } finally {
    agent.destroy();
  }
}

interface Client {
  readonly url: URL;
  readonly agent: http.Agent;
  readonly beganMs: number;
  readonly nextIndex: () => number;
  readonly options: RetryingLoadOptions;
}

async function oneCall({ url, agent, beganMs, nextIndex, options }: Client): Promise<RetriedCall> {
  const { body, headers = {}, timeoutMs, pauseMs } = options;
  const startedMs = performance.now() - beganMs;
  const tries: CallResult[] = [];
  for (;;) {
    const index = nextIndex();
    const result = await call(url, agent, { index, body: body(index), headers, timeoutMs, beganMs });
    tries.push(result);
    if (result.status === 200 || tries.length === options.tries) return { startedMs, tries, answered: result.status === 200 };
    await wait(pauseMs);
  }
}

/** Moments of arrival, milliseconds from the beginning. */
function* arrivals(phases: RetryingLoadOptions['phases'], seed: number): Generator<number> {
  const random = seededRandom(seed, 'arrivals');
  let phaseBegins = 0;
  for (const { rps, seconds } of phases) {
    const gapMs = 1000 / rps;
    const count = Math.floor(rps * seconds);
    for (let i = 0; i < count; i++) yield phaseBegins + (i + random.next()) * gapMs;
    phaseBegins += seconds * 1000;
  }
}

function counter(): () => number {
  let count = 0;
  return () => count++;
}
