import type { Clock, Timer } from '@penstock/clock';
import { KEEP_TRACES_PATH, type KeepTraces, MAX_KEPT_TRACES } from '@penstock/contracts';
import { Client } from 'undici';

/** How long ids are gathered for one message, ms: far less than an engine holds its spans for. */
const GATHER_MS = 100;
/** Longest time of one message, ms. */
const MESSAGE_MS = 1000;
/** Ids that wait for an engine at most. */
export const MAX_WAITING_IDS = 10_000;

export interface MailboxDeps {
  readonly clock: Clock;
  readonly count: (result: 'told' | 'lost', traces: number) => void;
}

/**
 * Ids of traces for one engine, sent in batches over a connection of their own, one message at a time. A message that
 * fails is not sent again: all that is lost is the engine's half of those traces.
 */
export class Mailbox {
  readonly #client: Client;
  readonly #deps: MailboxDeps;
  readonly #ids = new Set<string>();
  #timer: Timer | undefined;
  #sending: Promise<boolean> | undefined;
  #closed = false;

  constructor(origin: string, deps: MailboxDeps) {
    this.#client = new Client(origin, { connectTimeout: MESSAGE_MS });
    this.#deps = deps;
  }

  add(traceId: string): void {
    if (this.#closed || this.#ids.size >= MAX_WAITING_IDS) this.#deps.count('lost', 1);
    else this.#ids.add(traceId);
    this.#sendLater();
  }

  /** Sends what waits, once: with the engine away the rest is lost. */
  async close(): Promise<void> {
    this.#closed = true;
    this.#timer?.cancel();
    await this.#sending;
    while (this.#ids.size > 0 && (await this.#send()));
    if (this.#ids.size > 0) this.#deps.count('lost', this.#ids.size);
    this.#ids.clear();
    await this.#client.destroy();
  }

  #sendLater(): void {
    if (this.#closed || this.#ids.size === 0 || this.#sending !== undefined) return;
    this.#timer ??= this.#deps.clock.timer(
      GATHER_MS,
      () => {
        this.#timer = undefined;
        this.#sending = this.#send().finally(() => {
          this.#sending = undefined;
          this.#sendLater();
        });
      },
      { keepAlive: false },
    );
  }

  /** Whether the engine took it. Never rejects. */
  async #send(): Promise<boolean> {
    const ids = [...this.#ids].slice(0, MAX_KEPT_TRACES);
    for (const id of ids) this.#ids.delete(id);
    const taken = await this.#post({ trace_ids: ids });
    this.#deps.count(taken ? 'told' : 'lost', ids.length);
    return taken;
  }

  async #post(message: KeepTraces): Promise<boolean> {
    const limit = new AbortController();
    const timer = this.#deps.clock.timer(MESSAGE_MS, () => limit.abort(), { keepAlive: false });
    try {
      const { statusCode, body } = await this.#client.request({
        method: 'POST',
        path: KEEP_TRACES_PATH,
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify(message),
        signal: limit.signal,
      });
      await body.dump();
      return statusCode === 204;
    } catch {
      // Counted as lost by the caller: an engine that is away is told by its breaker, not here.
      return false;
    } finally {
      timer.cancel();
    }
  }
}
