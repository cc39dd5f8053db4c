import type { Mode } from '../mode.ts';

export interface DeadlineOptions {
  /** `shadow` tells of calls that outlast their total and cuts none; `off` does neither. Default enforce. */
  readonly mode: Mode;
  /** The longest total of a call, backoff included. ms, 1–3,600,000. Default 150,000. */
  readonly totalMs: number;
  /** How long a fast answer keeps the observed floor latency down. ms, 1000–3,600,000. Default 60,000. */
  readonly floorWindowMs: number;
}
