import type { Clock, Timer } from '@penstock/clock';
import type { Permit } from './permit.ts';

interface Lease {
  readonly endsAt: number;
  readonly timer: Timer;
}

/** The bounded set of calls let through while half-open, each on a lease. */
export class Probes {
  readonly #clock: Clock;
  readonly #limit: number;
  readonly #leaseMs: number;
  readonly #leases = new Map<Permit, Lease>();
  #successes = 0;

  constructor(clock: Clock, limit: number, leaseMs: number) {
    this.#clock = clock;
    this.#limit = limit;
    this.#leaseMs = leaseMs;
  }

  get full(): boolean {
    return this.#leases.size >= this.#limit;
  }

  get successes(): number {
    return this.#successes;
  }

  /** Milliseconds until the first lease ends: the latest moment at which the half-open breaker moves. */
  get firstLeaseEndsInMs(): number {
    const now = this.#clock.monotonic();
    let first = this.#leaseMs;
    for (const { endsAt } of this.#leases.values()) first = Math.min(first, endsAt - now);
    return Math.max(0, first);
  }

  grant(permit: Permit, onExpired: () => void): void {
    const timer = this.#clock.timer(this.#leaseMs, onExpired, { keepAlive: false });
    this.#leases.set(permit, { endsAt: this.#clock.monotonic() + this.#leaseMs, timer });
  }

  succeeded(permit: Permit): number {
    this.handBack(permit);
    return ++this.#successes;
  }

  handBack(permit: Permit): void {
    this.#leases.get(permit)?.timer.cancel();
    this.#leases.delete(permit);
  }

  clear(): void {
    for (const { timer } of this.#leases.values()) timer.cancel();
    this.#leases.clear();
  }
}
