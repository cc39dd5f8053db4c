import type { Random } from '@penstock/clock';
import { type BackoffShape, backoffDelay } from '@penstock/resilience';

/**
 * What one call waits between its attempts. Attempts at another engine are made at once and save a wait; the next wait
 * makes up for those, so that no attempt after it starts earlier than it would with one engine.
 */
export class SavedDelays {
  #waitedFor = 0;
  #previousMs: number | undefined;

  /** Milliseconds to wait after `failed` attempts, since the wait before. */
  take(shape: BackoffShape, failed: number, random: Random): number {
    let sumMs = 0;
    while (this.#waitedFor < failed) {
      this.#previousMs = backoffDelay(shape, ++this.#waitedFor, this.#previousMs, random);
      sumMs += this.#previousMs;
    }
    return sumMs;
  }
}
