/**
 * The shortest time in which an attempt succeeded lately. Two half-windows stand for a sliding one: a minimum
 * is forgotten after half to one window, also when no new answer replaces it, so that one old fast answer or
 * a floor grown too high cannot refuse calls for ever. Every `now` is on the monotonic clock, ms.
 */
export class FloorLatency {
  #halfMs: number;
  #slot = Number.NEGATIVE_INFINITY;
  #current = Number.POSITIVE_INFINITY;
  #previous = Number.POSITIVE_INFINITY;

  constructor(windowMs: number) {
    this.#halfMs = windowMs / 2;
  }

  observe(durationMs: number, now: number): void {
    this.#rotate(now);
    this.#current = Math.min(this.#current, durationMs);
  }

  /** Milliseconds; 0 while nothing was observed. */
  at(now: number): number {
    this.#rotate(now);
    const floor = Math.min(this.#current, this.#previous);
    return floor === Number.POSITIVE_INFINITY ? 0 : floor;
  }

  /** Another window; the floor of now counts as observed now. */
  resize(windowMs: number, now: number): void {
    if (windowMs / 2 === this.#halfMs) return;
    this.#rotate(now);
    const floor = Math.min(this.#current, this.#previous);
    this.#halfMs = windowMs / 2;
    this.#rotate(now);
    this.#current = floor;
    this.#previous = Number.POSITIVE_INFINITY;
  }

  #rotate(now: number): void {
    const slot = Math.floor(now / this.#halfMs);
    if (slot === this.#slot) return;
    this.#previous = slot === this.#slot + 1 ? this.#current : Number.POSITIVE_INFINITY;
    this.#current = Number.POSITIVE_INFINITY;
    this.#slot = slot;
  }
}
