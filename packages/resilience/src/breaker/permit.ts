import type { BreakerEvidence } from '../events.ts';
import type { Counted } from './rules/rule.ts';

/** Leave to run one call. It speaks for its epoch only: after a transition nobody listens to it. */
export interface Permit {
  readonly kind: 'permit';
  readonly epoch: number;
  readonly probe: boolean;
}

/** The breaker said no. */
export interface Refusal {
  readonly kind: 'refusal';
  /** Milliseconds until the next call is let through. */
  readonly retryAfterMs: number;
  readonly evidence: BreakerEvidence;
}

/** What the layers inside the breaker may ask and tell while the call runs. */
export interface Admission {
  /** Lets a half-open breaker find out about the engine. */
  readonly probe: boolean;
  /** False once the breaker has turned against this call's further attempts. */
  mayContinue(): boolean;
  /** Milliseconds until the next call is let through. */
  retryAfterMs(): number;
  /** An attempt of the call has ended, and it was neither neutral nor a local refusal. */
  attempted(outcome: Counted, reason: string): void;
}
