import type { Mode } from '../mode.ts';

export interface TimeoutOptions {
  /** `shadow` tells of attempts that outlast the cap and cuts none; `off` does neither. Default enforce. */
  readonly mode: Mode;
  /** Cap of one attempt; what is left of the total cuts it further. ms, 1–3,600,000. Default 120,000. */
  readonly attemptMs: number;
}
