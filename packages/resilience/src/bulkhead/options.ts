import type { Mode } from '../mode.ts';

export interface BulkheadOptions {
  /** Attempts in flight at once. Count, 1–100,000. Default 64. */
  readonly maxInFlight: number;
  /** Attempts that may wait for one of them to end. Count, 0–100,000. Default 256. */
  readonly maxQueued: number;
  /** The longest wait; the deadline cuts it further. ms, 0–3,600,000. Default 10,000. */
  readonly maxWaitMs: number;
  /** Default `enforce`. */
  readonly mode: Mode;
}
