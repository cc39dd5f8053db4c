import type { Limit, Sample } from './limit.ts';

interface Gradient2Options {
  readonly smoothing: number;
  readonly tolerance: number;
  readonly longWindow: number;
  readonly headroom: number;
  readonly backoffRatio: number;
}

// The mean of the first rounds is taken as it is; an average with a long memory would start from the first one.
const WARM_UP = 10;
const LOWEST_GRADIENT = 0.5;
// Fewer answers than this say little about the latency, however small the limit is.
const LEAST_ANSWERS = 10;

/**
 * Follows the gradient between the long-term mean latency and the latest one: equal latencies let the limit grow by
 * the headroom, slower answers shrink it. After Gradient2 of Netflix's concurrency-limits (2018); a drop also shrinks it.
 * It moves once per round, which is a limit's worth of answers: with every answer, the long-term mean would follow an
 * overload as fast as the limit makes it.
 */
export class Gradient2 implements Limit {
  readonly #options: Gradient2Options;
  #rounds = 0;
  #longMs = 0;
  #answers = 0;
  #sumMs = 0;
  #mostInFlight = 0;

  constructor(options: Gradient2Options) {
    this.#options = options;
  }

  next(limit: number, { latencyMs, inFlight, dropped, fresh }: Sample): number {
    if (dropped) return fresh ? limit * this.#options.backoffRatio : limit;
    this.#answers++;
    this.#sumMs += latencyMs;
    this.#mostInFlight = Math.max(this.#mostInFlight, inFlight);
    return this.#answers < Math.max(LEAST_ANSWERS, Math.floor(limit)) ? limit : this.#round(limit);
  }

  #round(limit: number): number {
    const { smoothing, tolerance, headroom } = this.#options;
    const latencyMs = this.#sumMs / this.#answers;
    const used = this.#mostInFlight * 2 >= limit;
    this.#answers = 0;
    this.#sumMs = 0;
    this.#mostInFlight = 0;
    const longMs = this.#learn(latencyMs);
    if (!used) return limit;
    const gradient = Math.max(LOWEST_GRADIENT, Math.min(1, (tolerance * longMs) / Math.max(latencyMs, Number.MIN_VALUE)));
    return limit * (1 - smoothing) + (limit * gradient + headroom) * smoothing;
  }

  #learn(latencyMs: number): number {
    this.#rounds++;
    const weight = this.#rounds <= WARM_UP ? 1 / this.#rounds : 2 / (this.#options.longWindow + 1);
    this.#longMs += (latencyMs - this.#longMs) * weight;
    // After an overload the mean is high: it comes down faster than its window, or the next overload would look normal.
    if (this.#longMs > 2 * latencyMs) this.#longMs *= 0.95;
    return this.#longMs;
  }
}
