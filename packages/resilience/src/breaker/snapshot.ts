import type { BreakerEvidence, BreakerStateName, BreakerTransition } from '../events.ts';

export interface BreakerSnapshot {
  readonly state: BreakerStateName;
  /** Transitions so far. */
  readonly epoch: number;
  readonly consecutiveFailures: number;
  readonly threshold: number;
  /** Milliseconds since the Unix epoch. */
  readonly sinceMs: number;
  /** Milliseconds until the next call is let through; null when nothing is in the way. */
  readonly nextAttemptInMs: number | null;
  readonly evidence: BreakerEvidence;
  /** The last 50, oldest first. */
  readonly transitions: readonly BreakerTransition[];
  /** Outcomes told to the circuit in the last ten seconds, while it was closed. */
  readonly heard: { readonly fires: number; readonly successes: number; readonly failures: number; readonly rejects: number };
}
