import type { Limit, Sample } from './limit.ts';

interface Gradient2Options {
  readonly smoothing: number;
  readonly tolerance: number;
  readonly longWindow: number;
  readonly headroom: number;
  readonly backoffRatio: number;
}

// The mean of the first answers is taken as it is; an average with a long memory would start from the first one.
const WARM_UP = 10;
const LOWEST_GRADIENT = 0.5;

/**
 * Follows the gradient between the long-term mean latency and the latest one: equal latencies let the limit grow by
 * the headroom, slower answers shrink it. After Gradient2 of Netflix's concurrency-limits (2018); a drop also shrinks it.
 */
export class Gradient2 implements Limit {
  readonly #options: Gradient2Options;
  #samples = 0;
  #longMs = 0;

  constructor(options: Gradient2Options) {
    this.#options = options;
  }

  next(limit: number, { latencyMs, inFlight, dropped, fresh }: Sample): number {
    const { smoothing, tolerance, headroom, backoffRatio } = this.#options;
    if (dropped) return fresh ? limit * backoffRatio : limit;
    const longMs = this.#learn(latencyMs);
    if (inFlight * 2 < limit) return limit;
    const gradient = Math.max(LOWEST_GRADIENT, Math.min(1, (tolerance * longMs) / Math.max(latencyMs, Number.MIN_VALUE)));
    return limit * (1 - smoothing) + (limit * gradient + headroom) * smoothing;
  }

  #learn(latencyMs: number): number {
    this.#samples++;
    const weight = this.#samples <= WARM_UP ? 1 / this.#samples : 2 / (this.#options.longWindow + 1);
    this.#longMs += (latencyMs - this.#longMs) * weight;
    // After an overload the mean is high: it comes down faster than its window, or the next overload would look normal.
    if (this.#longMs > 2 * latencyMs) this.#longMs *= 0.95;
    return this.#longMs;
  }
}
