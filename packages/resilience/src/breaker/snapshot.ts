import type { BreakerEvidence, BreakerStateName, BreakerTransition } from '../events.ts';
import type { Mode } from '../mode.ts';

export interface BreakerSnapshot {
  readonly mode: Mode;
  readonly state: BreakerStateName;
  /** Transitions so far. */
  readonly epoch: number;
  readonly consecutiveFailures: number;
  readonly threshold: number;
  /** Milliseconds since the Unix epoch. */
  readonly sinceMs: number;
  /** Milliseconds until the next call is let through at the latest; null when nothing is in the way. */
  readonly nextAttemptInMs: number | null;
  /** False while the engine's readiness is not believed, because it was ready and failed. */
  readonly readinessBelieved: boolean;
  readonly evidence: BreakerEvidence;
  /** The last 50, oldest first. */
  readonly transitions: readonly BreakerTransition[];
  /** Outcomes told to the circuit in the last ten seconds, while it was closed. */
  readonly heard: { readonly fires: number; readonly successes: number; readonly failures: number; readonly rejects: number };
}
