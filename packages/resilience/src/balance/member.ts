import type { Clock } from '@penstock/clock';

/** What the balancer knows of one endpoint. */
export class Member<E> {
  readonly endpoint: E;
  inFlight = 0;
  /** On the monotonic clock, ms. */
  probedAt = Number.NEGATIVE_INFINITY;
  /** When it could not be reached, on the monotonic clock, ms. */
  unreachableAt = Number.NEGATIVE_INFINITY;
  ejected = false;
  #load = 0;
  #loadAt = Number.NEGATIVE_INFINITY;

  constructor(endpoint: E) {
    this.endpoint = endpoint;
  }

  report(load: number, clock: Clock): void {
    this.#load = load;
    this.#loadAt = clock.monotonic();
  }

  /** Load as reported; 0 when that was too long ago. */
  load(clock: Clock, ttlMs: number): number {
    return clock.monotonic() - this.#loadAt <= ttlMs ? this.#load : 0;
  }
}
