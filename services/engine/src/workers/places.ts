import { TransientSet } from '@penstock/collections';
import type { Priority } from '@penstock/resilience';

interface Waiting {
  readonly priority: () => Priority;
  readonly begin: () => void;
}

/** How work left: it had its time at a place, or its caller had given up because of the wait. */
export type Departure = 'served' | 'given_up';

export interface PlacesOptions {
  readonly count: number;
  /** Whether the newest goes first while callers give up; else it is always first come, first served. */
  readonly adaptive: boolean;
}

/** Weight of the latest departure in the share of those who gave up: some ten departures are looked at. */
const LATEST = 0.1;
/** Above this share the queue is longer than its callers can wait: three of the latest ten, or three in a row. */
const TOO_MANY = 0.25;

/**
 * A fixed number of places; who finds none waits, interactive before batch. Within a priority it is first come, first
 * served, unless the wait has become longer than callers can bear: then the oldest are those who leave next, each place
 * would go to one whose caller hangs up at once, and nobody would be served at all. So the newest goes first until
 * callers bear the wait again (adaptive LIFO; B. Maurer, "Fail at Scale", ACM Queue 13(8), 2015).
 */
export class Places {
  readonly #waiting = new TransientSet<Waiting>();
  readonly #adaptive: boolean;
  #free: number;
  #givenUp = 0;

  constructor({ count, adaptive }: PlacesOptions) {
    this.#free = count;
    this.#adaptive = adaptive;
  }

  get waiting(): number {
    return this.#waiting.size;
  }

  /** Whether the newest goes first. */
  get newestFirst(): boolean {
    return this.#adaptive && this.#givenUp > TOO_MANY;
  }

  /**
   * Resolves with a place, which `release` gives back.
   * @param priority asked when a place is free: it may rise while one waits
   * @throws the signal's reason as soon as it aborts
   */
  take(priority: () => Priority, signal: AbortSignal): Promise<void> {
    if (this.#free > 0) {
      this.#free--;
      return Promise.resolve();
    }
    return new Promise((resolve, reject) => {
      const leave = (): void => {
        this.#waiting.delete(place);
        this.#observe('given_up');
        reject(signal.reason);
      };
      const begin = (): void => {
        this.#waiting.delete(place);
        signal.removeEventListener('abort', leave);
        resolve();
      };
      const place = this.#waiting.add({ priority, begin });
      signal.addEventListener('abort', leave, { once: true });
    });
  }

  release(departure: Departure): void {
    this.#observe(departure);
    const next = this.#next();
    if (next === undefined) this.#free++;
    else next.begin();
  }

  #observe(departure: Departure): void {
    this.#givenUp += LATEST * ((departure === 'given_up' ? 1 : 0) - this.#givenUp);
  }

  #next(): Waiting | undefined {
    const inOrder = this.#waiting.all();
    if (this.newestFirst) inOrder.reverse();
    let first: Waiting | undefined;
    for (const waiting of inOrder) {
      if (waiting.priority() === 'interactive') return waiting;
      first ??= waiting;
    }
    return first;
  }
}
