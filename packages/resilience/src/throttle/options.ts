import type { Mode } from '../mode.ts';

export interface ThrottleOptions {
  /** Requests per accepted one that are still sent: 2 sends twice what the engine accepts. Factor, 1–100. Default 2. */
  readonly k: number;
  /** How far back requests and accepts are counted. ms, 1000–3,600,000. Default 120,000. */
  readonly windowMs: number;
  /** The highest probability of a refusal: the rest finds out that the engine is back. Ratio, 0–1. Default 0.8. */
  readonly maxProbability: number;
  /** Below this rate nothing is refused: small numbers prove nothing. Requests per second, 0–1,000,000. Default 5. */
  readonly minRps: number;
  /** Default `enforce`. */
  readonly mode: Mode;
}
