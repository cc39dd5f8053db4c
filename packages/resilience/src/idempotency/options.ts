import type { Mode } from '../mode.ts';

export interface IdempotencyOptions {
  /** How long a kept answer is replayed. ms, 1000–2,592,000,000. Default 86,400,000 (a day). */
  readonly ttlMs: number;
  /** A key whose execution was not heard of for this long is free: its process has died. ms, 1000–3,600,000. Default 30,000. */
  readonly leaseMs: number;
  /** Longer keys are refused. Characters, 1–1024. Default 255. */
  readonly maxKeyLength: number;
  /** `refuse` the call, or `execute` it without protection. Default `refuse`. */
  readonly whenStoreFails: 'refuse' | 'execute';
  /** Default `enforce`. */
  readonly mode: Mode;
}
