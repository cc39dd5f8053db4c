import type { BreakerEvidence } from '../events.ts';

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

/** What the layers inside the breaker may ask while the call runs. */
export interface Admission {
  /** False once the breaker has turned against this call's further attempts. */
  mayContinue(): boolean;
  /** Milliseconds until the next call is let through. */
  retryAfterMs(): number;
}
