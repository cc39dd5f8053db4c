import type { Jitter } from '../backoff/index.ts';
import type { Mode } from '../mode.ts';

export interface RetryOptions {
  /** `shadow` tells which first retry it would have made, and makes none; `off` makes none either. Default enforce. */
  readonly mode: Mode;
  /** Attempts in all, the first included. Count, 1–20. Default 3. */
  readonly attempts: number;
  /** Backoff before the second attempt, jitter aside. ms, 0–3,600,000, at most `maxMs`. Default 1000. */
  readonly baseMs: number;
  /** Growth of the backoff from one attempt to the next. Factor, 1–10. Default 2. */
  readonly factor: number;
  /** Cap of the backoff, jitter aside. ms, 0–3,600,000. Default 60,000. */
  readonly maxMs: number;
  /** How chance spreads the backoff. Default proportional with ratio 0.2 (±20 %). */
  readonly jitter: Jitter;
}
