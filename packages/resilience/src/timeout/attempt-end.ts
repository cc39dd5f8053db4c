import type { AttemptTimeoutError, CallCancelledError, DeadlineExceededError, PipelineStoppedError } from '../errors.ts';
import type { Settled } from '../policy.ts';

/** How one attempt ended: by itself, or cut by what. */
export type AttemptEnd<T> =
  | { readonly kind: 'settled'; readonly settled: Settled<T> }
  | { readonly kind: 'timeout'; readonly error: AttemptTimeoutError }
  | { readonly kind: 'deadline'; readonly error: DeadlineExceededError }
  | { readonly kind: 'cancelled'; readonly error: CallCancelledError; readonly inFlightMs: number }
  | { readonly kind: 'stopped'; readonly error: PipelineStoppedError };

/** How long an attempt may take, and whose limit that is. */
export interface AttemptLimit {
  readonly remainingMs: number;
  readonly timeoutMs: number;
  readonly cutBy: 'timeout' | 'deadline';
}
