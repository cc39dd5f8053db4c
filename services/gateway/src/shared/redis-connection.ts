import type { Clock } from '@penstock/clock';
import { Redis, ReplyError } from 'ioredis';

/** Whether Redis answers and takes writes, since when (ms since the Unix epoch), and if not, why. */
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

/**
 * How a server answers that takes no writes: a replica, as a former primary is after a failover, or one that may not
 * write. Before Redis 7 the code stands within what a failed script says.
 */
const TAKES_NO_WRITES = /(?<=^|-)(?:READONLY|MASTERDOWN|MISCONF|NOREPLICAS)\b.*?(?= script: |$)/;

/** Written to each new connection: whether a server takes writes is told only by a write. */
const GREETING = 'penstock:greeting';

const FIRST_RECONNECT_MS = 50;
const LONGEST_RECONNECT_MS = 2000;

/** After it a connection that is given up is destroyed, ms: a server that hangs never says goodbye. */
const GOODBYE_MS = 50;

/**
 * One connection to Redis that never makes a request wait: a command fails within `timeoutMs`, and at once from then on
 * until the server has taken a write by a new connection. Reconnects by itself, every 2 s at the latest: where a replica
 * answers, its address may lead to another server by then.
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
  /** Connections since Redis was last there. */
  #attempts = 0;
  #greeted: Promise<void> | undefined;
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
      // Not ioredis' own count: for it a replica is a success.
      retryStrategy: () => Math.min(FIRST_RECONNECT_MS * 2 ** Math.min(this.#attempts++, 10), LONGEST_RECONNECT_MS),
    });
    this.#redis.on('error', (error: Error) => {
      this.#lastError = messageOf(error);
    });
    this.#redis.on('ready', () => {
      this.#greeted = this.#greet();
    });
    this.#redis.on('close', () => this.#away(this.#lastError ?? 'the connection was closed'));
  }

  /** Resolves with the first answer of Redis, or once the first attempt has failed. */
  static async open(options: RedisConnectionOptions): Promise<RedisConnection> {
    const connection = new RedisConnection(options);
    // What it rejects with has been told to `onState`, and further attempts follow.
    await connection.#redis.connect().catch(() => undefined);
    await connection.#greeted;
    return connection;
  }

  get state(): RedisState {
    return this.#state;
  }

  /** @throws what Redis answered, or why there is no answer */
  async run<T>(command: (redis: Redis) => Promise<T>): Promise<T> {
    if (this.#state.kind === 'away') throw new RedisAwayError(`Redis is away: ${this.#state.because}`);
    try {
      return await command(this.#redis);
    } catch (error) {
      const because = whyAway(error);
      if (because !== undefined && this.#state.kind === 'connected') this.#giveUp(because);
      throw error;
    }
  }

  /** Ends the connection and all attempts at another. */
  close(): void {
    this.#closed = true;
    this.#redis.disconnect();
  }

  async #greet(): Promise<void> {
    const because = await this.#redis.set(GREETING, '', 'PX', 1).then(() => undefined, whyAway);
    if (because === undefined) this.#connected();
    else this.#giveUp(because);
  }

  // Whatever else is under way on this connection waits behind the command that had no answer.
  #giveUp(because: string): void {
    if (this.#closed || this.#redis.status !== 'ready') return;
    this.#lastError = because;
    this.#away(because);
    this.#redis.disconnect(true);
  }

  #connected(): void {
    this.#lastError = undefined;
    this.#attempts = 0;
    this.#move({ kind: 'connected', sinceMs: this.#clock.now() });
  }

  #away(because: string): void {
    if (this.#told && this.#state.kind === 'away') this.#state = { ...this.#state, because };
    else this.#move({ kind: 'away', sinceMs: this.#clock.now(), because });
  }

  #move(state: RedisState): void {
    if (this.#closed) return;
    this.#told = true;
    this.#state = state;
    this.#onState(state);
  }
}

/** Why a command's failure means that this connection serves no more; undefined where only the command failed. */
function whyAway(error: unknown): string | undefined {
  const message = messageOf(error);
  return error instanceof ReplyError ? TAKES_NO_WRITES.exec(message)?.[0] : message;
}

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));
