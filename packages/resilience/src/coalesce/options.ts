import type { Mode } from '../mode.ts';

export interface CoalesceOptions {
  /** Executions shared at once; beyond, a call runs by itself. Count, 1–1,000,000. Default 10,000. */
  readonly maxKeys: number;
  /** Callers of one execution; beyond, a call runs by itself. Count, 1–100,000. Default 1000. */
  readonly maxSharing: number;
  /** Default `enforce`. */
  readonly mode: Mode;
}
