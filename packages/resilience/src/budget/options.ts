import type { Mode } from '../mode.ts';

export interface BudgetOptions {
  /** `shadow` counts and tells what it would have refused, and refuses nothing; `off` does neither. Default enforce. */
  readonly mode: Mode;
  /** Tokens that a successful call adds. Tokens, 0–100. Default 0.5. */
  readonly perSuccess: number;
  /** The reserve: tokens that time adds. Tokens per second, 0–100,000. Default 10. */
  readonly perSecond: number;
  /** What the bucket holds at most, and at the start. Tokens, 1–1,000,000. Default 100. */
  readonly capacity: number;
}
