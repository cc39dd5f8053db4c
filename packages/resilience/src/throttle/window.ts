import type { Clock } from '@penstock/clock';

const BUCKETS = 24;
const LEAST_MS = 5000;

interface Bucket {
  requests: number;
  accepts: number;
}

/** Requests and accepts of the last while, in buckets that turn with the clock. */
export class Window {
  readonly #clock: Clock;
  readonly #buckets: Bucket[] = Array.from({ length: BUCKETS }, () => ({ requests: 0, accepts: 0 }));
  readonly #bucketMs: number;
  readonly #startedAt: number;
  #slot: number;
  #requests = 0;
  #accepts = 0;

  constructor(clock: Clock, windowMs: number) {
    this.#clock = clock;
    this.#bucketMs = windowMs / BUCKETS;
    this.#startedAt = clock.monotonic();
    this.#slot = this.#now();
  }

  count(accepted: boolean): void {
    this.#turn();
    const bucket = this.#bucket(this.#slot);
    bucket.requests++;
    this.#requests++;
    if (!accepted) return;
    bucket.accepts++;
    this.#accepts++;
  }

  get requests(): number {
    this.#turn();
    return this.#requests;
  }

  get accepts(): number {
    this.#turn();
    return this.#accepts;
  }

  /** Requests per second, over the part of the window that has passed, at least five seconds of it: a few calls are no rate. */
  get rps(): number {
    const passed = this.#clock.monotonic() - this.#startedAt;
    const over = Math.min(Math.max(passed, LEAST_MS), this.#bucketMs * BUCKETS);
    return (this.requests / over) * 1000;
  }

  #now(): number {
    return Math.floor(this.#clock.monotonic() / this.#bucketMs);
  }

  #bucket(slot: number): Bucket {
    const bucket = this.#buckets[slot % BUCKETS];
    if (bucket === undefined) throw new RangeError(`no bucket for slot ${slot}`);
    return bucket;
  }

  #turn(): void {
    const now = this.#now();
    const from = Math.max(this.#slot, now - BUCKETS);
    for (let slot = from + 1; slot <= now; slot++) {
      const bucket = this.#bucket(slot);
      this.#requests -= bucket.requests;
      this.#accepts -= bucket.accepts;
      bucket.requests = 0;
      bucket.accepts = 0;
    }
    this.#slot = now;
  }
}
