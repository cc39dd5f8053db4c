import type { Clock } from '@penstock/clock';
import { checkNumber } from '../validate.ts';
import type { ClaimResult, IdempotencyClaim, IdempotencyStore } from './store.ts';

type Entry<R> =
  | { readonly kind: 'in_flight'; readonly fingerprint: string; readonly token: string; readonly endsAt: number }
  | {
      readonly kind: 'done';
      readonly fingerprint: string;
      readonly response: R;
      readonly storedAt: number;
      readonly endsAt: number;
    };

/** Keys of one process, bounded: the oldest answers go first, executions in flight never. */
export class MemoryIdempotencyStore<R> implements IdempotencyStore<R> {
  readonly #clock: Clock;
  readonly #maxEntries: number;
  /** In the order of their last change. */
  readonly #entries = new Map<string, Entry<R>>();

  /** @param maxEntries count, 1–10,000,000 */
  constructor(clock: Clock, maxEntries = 10_000) {
    this.#clock = clock;
    this.#maxEntries = checkNumber('memoryIdempotencyStore.maxEntries', maxEntries, { min: 1, max: 10_000_000, integer: true });
  }

  get size(): number {
    return this.#entries.size;
  }

  async claim(key: string, { fingerprint, token, leaseMs }: IdempotencyClaim): Promise<ClaimResult<R>> {
    const now = this.#clock.monotonic();
    const held = this.#live(key);
    if (held?.kind === 'in_flight') {
      return { kind: 'in_flight', fingerprint: held.fingerprint, leaseEndsInMs: held.endsAt - now };
    }
    if (held?.kind === 'done') {
      return { kind: 'done', fingerprint: held.fingerprint, response: held.response, ageMs: now - held.storedAt };
    }
    this.#makeRoom();
    this.#put(key, { kind: 'in_flight', fingerprint, token, endsAt: now + leaseMs });
    return { kind: 'claimed' };
  }

  async renew(key: string, { fingerprint, token, leaseMs }: IdempotencyClaim): Promise<boolean> {
    const held = this.#live(key);
    if (held !== undefined && (held.kind !== 'in_flight' || held.token !== token)) return false;
    if (held === undefined) this.#makeRoom();
    this.#put(key, { kind: 'in_flight', fingerprint, token, endsAt: this.#clock.monotonic() + leaseMs });
    return true;
  }

  async complete(key: string, token: string, response: R, ttlMs: number): Promise<boolean> {
    const held = this.#live(key);
    if (held?.kind !== 'in_flight' || held.token !== token) return false;
    const storedAt = this.#clock.monotonic();
    this.#put(key, { kind: 'done', fingerprint: held.fingerprint, response, storedAt, endsAt: storedAt + ttlMs });
    return true;
  }

  async release(key: string, token: string): Promise<boolean> {
    const held = this.#live(key);
    return held?.kind === 'in_flight' && held.token === token && this.#entries.delete(key);
  }

  #live(key: string): Entry<R> | undefined {
    const entry = this.#entries.get(key);
    return entry !== undefined && entry.endsAt > this.#clock.monotonic() ? entry : undefined;
  }

  #put(key: string, entry: Entry<R>): void {
    this.#entries.delete(key);
    this.#entries.set(key, entry);
  }

  #makeRoom(): void {
    if (this.#entries.size < this.#maxEntries) return;
    const now = this.#clock.monotonic();
    for (const [key, { kind, endsAt }] of this.#entries) {
      if (kind === 'in_flight' && endsAt > now) continue;
      this.#entries.delete(key);
      return;
    }
    throw new RangeError(`${this.#maxEntries} executions hold every place of the idempotency store`);
  }
}
