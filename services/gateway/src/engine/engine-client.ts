import type { Readable } from 'node:stream';
import { HEADERS } from '@penstock/contracts';
import { Pool } from 'undici';
import type { EngineReply } from './engine-reply.ts';
import { wholeReply } from './whole-reply.ts';

export interface EngineClientOptions {
  readonly origin: URL;
  readonly connections: number;
  readonly connectTimeoutMs: number;
}

export interface EngineCall {
  readonly method: 'GET' | 'POST' | 'DELETE';
  /** Path and query. */
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: Buffer | Readable;
}

/** What the engine is told of an attempt, and when it ends. */
export interface SendContext {
  /** From 1, counted over all engines that the call was sent to. */
  readonly number: number;
  /** Made because the attempt of the same number is late. */
  readonly hedge?: true;
  readonly signal: AbortSignal;
  /** What is left of the call's total, ms. */
  readonly remainingMs: number;
  /** Its own, beside those of the call. */
  readonly headers?: Readonly<Record<string, string>>;
  /** Told when a connection begins to carry it. */
  readonly onSent?: () => void;
}

export interface PoolState {
  readonly size: number;
  readonly connected: number;
  readonly active: number;
  readonly pending: number;
}

/** A reply larger than this is not the engine's: its figures and reports are far smaller. */
const MAX_REPLY_BYTES = 256 * 1024 * 1024;

/** One engine behind one undici pool. Knows HTTP, and nothing of retries. */
export class EngineClient {
  readonly origin: URL;
  readonly #pool: Pool;
  readonly #size: number;

  constructor({ origin, connections, connectTimeoutMs }: EngineClientOptions) {
    this.origin = origin;
    this.#size = connections;
    this.#pool = new Pool(origin.origin, {
      connections,
      pipelining: 1,
      connect: { timeout: connectTimeoutMs },
      // The attempt's own timeout is the only one: two clocks on one wait would disagree.
      headersTimeout: 0,
      bodyTimeout: 0,
      maxResponseSize: MAX_REPLY_BYTES,
    });
  }

  /** One attempt: resolves with the whole reply, whatever its status; rejects on network errors and aborts. */
  send(call: EngineCall, attempt: SendContext): Promise<EngineReply> {
    const headers = {
      ...call.headers,
      ...attempt.headers,
      [HEADERS.deadlineMs]: String(Math.max(1, Math.floor(attempt.remainingMs))),
      [HEADERS.attempt]: String(attempt.number),
    };
    return wholeReply(this.#pool, { method: call.method, path: call.path, headers }, { ...attempt, body: call.body ?? null });
  }

  /** Whether the engine takes work: `GET /health/ready` answers 200. Rejects on network errors and when the signal aborts. */
  async ready(signal: AbortSignal): Promise<boolean> {
    const response = await this.#pool.request({ method: 'GET', path: '/health/ready', signal });
    await response.body.dump();
    return response.statusCode === 200;
  }

  state(): PoolState {
    const { connected, running, pending } = this.#pool.stats;
    return { size: this.#size, connected, active: running, pending };
  }

  /** Ends every connection. Nothing may be in flight any more. */
  close(): Promise<void> {
    return this.#pool.destroy();
  }
}
