import type { Mode } from '../mode.ts';

/** How the limit follows what answers say: by their latency against its long-term mean, or by halting at drops. */
export type LimitAlgorithm = 'gradient2' | 'aimd';

export interface ConcurrencyOptions {
  /** The limit at the start. Count, 1–100,000, within `min` and `max`. Default 20. */
  readonly initial: number;
  /** The limit never goes below. Count, 1–100,000. Default 2. */
  readonly min: number;
  /** The limit never goes above. Count, 1–100,000. Default 200. */
  readonly max: number;
  /** What batch calls may use of the limit; the rest is kept for interactive ones. Ratio, 0–1. Default 0.8. */
  readonly batchShare: number;
  /** Default `gradient2`. */
  readonly algorithm: LimitAlgorithm;
  /** gradient2: weight of a new estimate of the limit. Ratio, 0.01–1. Default 0.2. */
  readonly smoothing: number;
  /** gradient2: how much slower than its mean an answer may be before the limit shrinks. Factor, 1–10. Default 1.5. */
  readonly tolerance: number;
  /** gradient2: rounds, of a limit's worth of answers each, that the long-term mean stands for. Count, 10–100,000. Default 600. */
  readonly longWindow: number;
  /** gradient2: calls beyond what the latency justifies, so that growth is tried at all. Count, 0–1000. Default 4. */
  readonly headroom: number;
  /** What a drop leaves of the limit. Ratio, 0.1–0.99. Default 0.9. */
  readonly backoffRatio: number;
  /** Default `enforce`. */
  readonly mode: Mode;
}
