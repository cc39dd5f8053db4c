import type { Settled } from '../policy.ts';

/** One execution and the callers that wait for it. */
export class Flight {
  readonly #controller = new AbortController();
  readonly #waiting = new Set<(settled: Settled<unknown>) => void>();
  #shared = 0;

  /** Aborts once nobody waits any more. */
  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  /** Callers so far, those that left included. */
  get shared(): number {
    return this.#shared;
  }

  get sharing(): number {
    return this.#waiting.size;
  }

  join(hear: (settled: Settled<unknown>) => void): void {
    this.#shared++;
    this.#waiting.add(hear);
  }

  leave(hear: (settled: Settled<unknown>) => void): void {
    this.#waiting.delete(hear);
  }

  abort(reason: unknown): void {
    this.#controller.abort(reason);
  }

  land(settled: Settled<unknown>): void {
    for (const hear of [...this.#waiting]) hear(settled);
  }
}
