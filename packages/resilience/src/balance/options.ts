import type { Mode } from '../mode.ts';

export interface BalanceOptions {
  /** What one unit of reported load counts against one call of ours in flight. Factor, 0–1000. Default 1. */
  readonly loadWeight: number;
  /** After this a reported load is forgotten. ms, 0–3,600,000. Default 10,000. */
  readonly loadTtlMs: number;
  /** How often a call is sent to an endpoint that is being probed. ms, 0–3,600,000. Default 1000. */
  readonly probeEveryMs: number;
  /** An endpoint that could not be reached gets nothing for this long where another takes calls. ms, 0–3,600,000. Default 1000. */
  readonly restMs: number;
  /** Otherwise endpoints that are not open take turns. Default `enforce`. */
  readonly mode: Mode;
}
