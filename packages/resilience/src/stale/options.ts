import type { Mode } from '../mode.ts';

export interface StaleOptions {
  /** What all kept answers may take; the oldest go first. Bytes, 0–68,719,476,736. Default 67,108,864 (64 MiB). */
  readonly maxBytes: number;
  /** A larger answer is not kept. Bytes, 0–68,719,476,736. Default 8,388,608 (8 MiB). */
  readonly maxEntryBytes: number;
  /** An older answer is never given out. ms, 0–31,536,000,000. Default 86,400,000 (a day). */
  readonly maxAgeMs: number;
  /** Default `enforce`. */
  readonly mode: Mode;
}
