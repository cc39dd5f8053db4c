import type { Clock } from '@penstock/clock';
import { checkNumber } from '../validate.ts';
import { gcra, type RateDecision, type RateQuota } from './gcra.ts';
import type { RateStore } from './store.ts';

/** Quotas of one process, bounded: when full, whoever has been away longest is forgotten, which forgives its debt. */
export class MemoryRateStore implements RateStore {
  readonly #clock: Clock;
  readonly #maxClients: number;
  /** Theoretical arrival times, in the order of the last request. */
  readonly #tats = new Map<string, number>();

  /** @param maxClients count, 1–10,000,000 */
  constructor(clock: Clock, maxClients = 100_000) {
    this.#clock = clock;
    this.#maxClients = checkNumber('memoryRateStore.maxClients', maxClients, { min: 1, max: 10_000_000, integer: true });
  }

  get size(): number {
    return this.#tats.size;
  }

  async take(client: string, quota: RateQuota, cost: number): Promise<RateDecision> {
    const now = this.#clock.monotonic();
    const { tat, decision } = gcra(this.#tats.get(client), now, quota, cost);
    this.#tats.delete(client);
    this.#tats.set(client, tat);
    this.#forget(now);
    return decision;
  }

  // A quota that is whole again is as good as unknown; looking at two per request keeps up with any number of clients.
  #forget(now: number): void {
    let looked = 0;
    for (const [client, tat] of this.#tats) {
      if (tat > now && this.#tats.size <= this.#maxClients) return;
      this.#tats.delete(client);
      if (++looked === 2) return;
    }
  }
}
