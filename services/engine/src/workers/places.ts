import type { Priority } from '@penstock/resilience';

interface Waiting {
  readonly priority: () => Priority;
  readonly begin: () => void;
}

/** A fixed number of places; who finds none waits, interactive before batch and first come, first served within. */
export class Places {
  readonly #waiting = new Set<Waiting>();
  #free: number;

  constructor(count: number) {
    this.#free = count;
  }

  get waiting(): number {
    return this.#waiting.size;
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
        this.#waiting.delete(waiting);
        reject(signal.reason);
      };
      const begin = (): void => {
        signal.removeEventListener('abort', leave);
        resolve();
      };
      const waiting = { priority, begin };
      this.#waiting.add(waiting);
      signal.addEventListener('abort', leave, { once: true });
    });
  }

  release(): void {
    const next = this.#next();
    if (next === undefined) {
      this.#free++;
      return;
    }
    this.#waiting.delete(next);
    next.begin();
  }

  #next(): Waiting | undefined {
    let first: Waiting | undefined;
    for (const waiting of this.#waiting) {
      if (waiting.priority() === 'interactive') return waiting;
      first ??= waiting;
    }
    return first;
  }
}
