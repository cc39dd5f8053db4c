import type { Clock, Timer } from '@penstock/clock';
import type { BreakerOptions } from './options.ts';
import type { Permit } from './permit.ts';

interface Lease {
  readonly endsAt: number;
  readonly timer: Timer;
}

/** The bounded set of calls let through while half-open, each on a lease. */
export class Probes {
  readonly #clock: Clock;
  readonly #options: () => BreakerOptions;
  readonly #leases = new Map<Permit, Lease>();
  #successes = 0;
  #late = 0;

  constructor(clock: Clock, options: () => BreakerOptions) {
    this.#clock = clock;
    this.#options = options;
  }

  get full(): boolean {
    return this.#leases.size >= this.#options().probes;
  }

  /** Milliseconds until the first lease ends: the latest moment at which the half-open breaker moves. */
  get firstLeaseEndsInMs(): number {
    const now = this.#clock.monotonic();
    let first = this.#options().probeLeaseMs;
    for (const { endsAt } of this.#leases.values()) first = Math.min(first, endsAt - now);
    return Math.max(0, first);
  }

  grant(permit: Permit, onExpired: () => void): void {
    const leaseMs = this.#options().probeLeaseMs;
    const timer = this.#clock.timer(leaseMs, onExpired, { keepAlive: false });
    this.#leases.set(permit, { endsAt: this.#clock.monotonic() + leaseMs, timer });
  }

  holds(permit: Permit): boolean {
    return this.#leases.has(permit);
  }

  /** Successes so far, this one included. */
  succeeded(permit: Permit): number {
    this.handBack(permit);
    return ++this.#successes;
  }

  /** Probes that were answered too late so far, this one included. */
  answeredLate(permit: Permit): number {
    this.handBack(permit);
    return ++this.#late;
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
