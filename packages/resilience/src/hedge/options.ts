import type { Mode } from '../mode.ts';

/** When the second attempt starts: after a fixed time, or after the time that a share of the answers takes at most. */
export type HedgeDelay =
  /** `ms`: 0–3,600,000. */
  | { readonly kind: 'fixed'; readonly ms: number }
  /** `percentile`: 0.5–0.999. */
  | { readonly kind: 'percentile'; readonly percentile: number };

export interface HedgeOptions {
  /** Default percentile 0.97: three calls of a hundred are hedged. */
  readonly delay: HedgeDelay;
  /** A percentile below this is raised to it. ms, 0–3,600,000. Default 10. */
  readonly minDelayMs: number;
  /** Answers needed before a percentile is believed; until then nothing is hedged. Count, 10–1000. Default 100. */
  readonly minSamples: number;
  /** Default `enforce`. */
  readonly mode: Mode;
}
