import type { Clock } from '@penstock/clock';

/**
 * The shortest time in which an attempt succeeded lately. Two half-windows stand for a sliding one: a minimum
 * is forgotten after half to one window, also when no new answer replaces it, so that one old fast answer or
 * a floor grown too high cannot refuse calls for ever.
 */
export class FloorLatency {
  readonly #clock: Clock;
  #halfMs: number;
  #slot = Number.NEGATIVE_INFINITY;
  #current = Number.POSITIVE_INFINITY;
  #previous = Number.POSITIVE_INFINITY;

  constructor(clock: Clock, windowMs: number) {
    this.#clock = clock;
    this.#halfMs = windowMs / 2;
  }

  observe(durationMs: number): void {
    this.#rotate();
    this.#current = Math.min(this.#current, durationMs);
  }

  /** Another window; the floor of now counts as observed now. */
  resize(windowMs: number): void {
    if (windowMs / 2 === this.#halfMs) return;
    const floor = this.ms;
    this.#halfMs = windowMs / 2;
    this.#rotate();
    this.#previous = Number.POSITIVE_INFINITY;
    this.#current = floor === 0 ? Number.POSITIVE_INFINITY : floor;
  }

  /** Milliseconds; 0 while nothing was observed. */
  get ms(): number {
    this.#rotate();
    const floor = Math.min(this.#current, this.#previous);
    return floor === Number.POSITIVE_INFINITY ? 0 : floor;
  }

  #rotate(): void {
    const slot = Math.floor(this.#clock.monotonic() / this.#halfMs);
    if (slot === this.#slot) return;
    this.#previous = slot === this.#slot + 1 ? this.#current : Number.POSITIVE_INFINITY;
    this.#current = Number.POSITIVE_INFINITY;
    this.#slot = slot;
  }
}
