import type { Clock } from '@penstock/clock';
import { Redis, ReplyError } from 'ioredis';

/** Whether Redis answers, since when (ms since the Unix epoch), and if not, why. */
export type RedisState =
  | { readonly kind: 'connected'; readonly sinceMs: number }
  | { readonly kind: 'away'; readonly sinceMs: number; readonly because: string };

export interface RedisConnectionOptions {
  readonly url: string;
  /** Longest wait for an answer, ms; also for each step of connecting. */
  readonly timeoutMs: number;
  readonly clock: Clock;
  /** Told once for each change, the first state included. */
  readonly onState: (state: RedisState) => void;
}

/** A command was not sent, because Redis is known not to answer. */
class RedisAwayError extends Error {
  override readonly name = 'RedisAwayError';
}

const FIRST_RECONNECT_MS = 50;
const LONGEST_RECONNECT_MS = 2000;

/** After it a connection that is given up is destroyed, ms: a server that hangs never says goodbye. */
const GOODBYE_MS = 50;

/**
 * One connection to Redis that never makes a request wait: a command fails within `timeoutMs`, and at once from then on
 * until the server has answered a new connection. Reconnects by itself, every 2 s at the latest.
 */
export class RedisConnection {
  /** Host and port, without credentials. */
  readonly address: string;
  readonly #redis: Redis;
  readonly #clock: Clock;
  readonly #onState: (state: RedisState) => void;
  #state: RedisState;
  #told = false;
  #lastError: string | undefined;
  #closed = false;

  private constructor({ url, timeoutMs, clock, onState }: RedisConnectionOptions) {
    this.address = new URL(url).host;
    this.#clock = clock;
    this.#onState = onState;
    this.#state = { kind: 'away', sinceMs: clock.now(), because: 'not connected yet' };
    this.#redis = new Redis(url, {
      lazyConnect: true,
      enableOfflineQueue: false,
      maxRetriesPerRequest: 0,
      autoResendUnfulfilledCommands: false,
      commandTimeout: timeoutMs,
      connectTimeout: timeoutMs,
      disconnectTimeout: GOODBYE_MS,
      retryStrategy: (times) => Math.min(FIRST_RECONNECT_MS * 2 ** Math.min(times - 1, 10), LONGEST_RECONNECT_MS),
    });
    this.#redis.on('error', (error: Error) => {
      this.#lastError = messageOf(error);
    });
    this.#redis.on('ready', () => this.#move({ kind: 'connected', sinceMs: clock.now() }));
    this.#redis.on('close', () => this.#away(this.#lastError ?? 'the connection was closed'));
  }

  /** Resolves with the first answer of Redis, or once the first attempt has failed. */
  static async open(options: RedisConnectionOptions): Promise<RedisConnection> {
    const connection = new RedisConnection(options);
    // What it rejects with has been told to `onState`, and further attempts follow.
    await connection.#redis.connect().catch(() => undefined);
    return connection;
  }

  get state(): RedisState {
    return this.#state;
  }

  /** @throws what Redis answered, or why there is no answer */
  async run<T>(command: (redis: Redis) => Promise<T>): Promise<T> {
    if (this.#state.kind === 'away') throw new RedisAwayError(`Redis does not answer: ${this.#state.because}`);
    try {
      return await command(this.#redis);
    } catch (error) {
      if (!(error instanceof ReplyError)) this.#giveUp(messageOf(error));
      throw error;
    }
  }

  /** Ends the connection and all attempts at another. */
  close(): void {
    this.#closed = true;
    this.#redis.disconnect();
  }

  // Whatever else is under way on this connection waits behind the command that had no answer.
  #giveUp(because: string): void {
    if (this.#state.kind === 'away' || this.#closed) return;
    this.#away(because);
    this.#redis.disconnect(true);
  }

  #away(because: string): void {
    if (this.#told && this.#state.kind === 'away') return;
    this.#move({ kind: 'away', sinceMs: this.#clock.now(), because });
  }

  #move(state: RedisState): void {
    if (this.#closed) return;
    this.#told = true;
    this.#lastError = undefined;
    this.#state = state;
    this.#onState(state);
  }
}

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));
