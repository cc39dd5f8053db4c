import type { Clock } from '@penstock/clock';

const BUCKETS = 10;

interface Bucket {
  /** Number of the stretch of time that the bucket stands for, from the clock's zero. */
  readonly slot: number;
  hits: number;
  total: number;
}

/**
 * How many of the things that happened lately were hits. Ten buckets stand for a sliding window: what happened is
 * forgotten after nine to ten tenths of it. Counting takes constant time and no timer.
 */
export class RatioWindow {
  readonly #clock: Clock;
  #bucketMs: number;
  /** Oldest first. */
  #buckets: Bucket[] = [];
  #last: Bucket | undefined;
  #hits = 0;
  #total = 0;

  constructor(clock: Clock, windowMs: number) {
    this.#clock = clock;
    this.#bucketMs = windowMs / BUCKETS;
  }

  get total(): number {
    this.#forget(this.#slot(this.#clock.monotonic()));
    return this.#total;
  }

  /** 0–1; 0 while nothing has happened. */
  get ratio(): number {
    this.#forget(this.#slot(this.#clock.monotonic()));
    return this.#total === 0 ? 0 : this.#hits / this.#total;
  }

  count(hit: boolean, now = this.#clock.monotonic()): void {
    const slot = this.#slot(now);
    if (this.#last?.slot !== slot) this.#forget(slot);
    this.#add(slot, hit ? 1 : 0, 1);
  }

  /** Another length of the window; what is kept of the old buckets is what the new length still covers. */
  resize(windowMs: number): void {
    const bucketMs = windowMs / BUCKETS;
    if (bucketMs === this.#bucketMs) return;
    const [old, oldMs] = [this.#buckets, this.#bucketMs];
    this.clear();
    this.#bucketMs = bucketMs;
    for (const { slot, hits, total } of old) this.#add(Math.floor((slot * oldMs) / bucketMs), hits, total);
    this.#forget(this.#slot(this.#clock.monotonic()));
  }

  clear(): void {
    this.#buckets = [];
    this.#last = undefined;
    this.#hits = 0;
    this.#total = 0;
  }

  #add(slot: number, hits: number, total: number): void {
    let last = this.#last;
    if (last?.slot !== slot) {
      last = { slot, hits: 0, total: 0 };
      this.#buckets.push(last);
      this.#last = last;
    }
    last.hits += hits;
    last.total += total;
    this.#hits += hits;
    this.#total += total;
  }

  #forget(current: number): void {
    const oldest = current - BUCKETS;
    for (let first = this.#buckets[0]; first !== undefined && first.slot <= oldest; first = this.#buckets[0]) {
      this.#buckets.shift();
      this.#hits -= first.hits;
      this.#total -= first.total;
    }
  }

  #slot(now: number): number {
    return Math.floor(now / this.#bucketMs);
  }
}
