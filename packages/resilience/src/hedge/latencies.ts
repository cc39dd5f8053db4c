const KEPT = 1000;
// Sorting a thousand numbers costs some ten microseconds: shared by so many answers it is nothing.
const SORT_EVERY = 50;

/** The latest latencies and their percentiles, which are up to date to within 50 answers. */
export class Latencies {
  readonly #ring = new Float64Array(KEPT);
  #sorted = new Float64Array(0);
  #seen = 0;
  #sortedAt = 0;

  get count(): number {
    return Math.min(this.#seen, KEPT);
  }

  observe(ms: number): void {
    this.#ring[this.#seen++ % KEPT] = ms;
  }

  /** Milliseconds that this share of the answers took at most; NaN before the first one. Nearest rank. */
  percentile(share: number): number {
    if (this.#seen - this.#sortedAt >= SORT_EVERY || this.#sorted.length === 0) {
      this.#sorted = this.#ring.slice(0, this.count).sort();
      this.#sortedAt = this.#seen;
    }
    return this.#sorted[Math.ceil(share * this.#sorted.length) - 1] ?? Number.NaN;
  }
}
