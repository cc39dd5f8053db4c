/** Identity of one call through a pipeline; the same object in every event of the call, so that it can key a WeakMap. */
export interface CallId {
  /** From 1, within one pipeline. */
  readonly sequence: number;
}

export type BreakerStateName = 'closed' | 'open' | 'half_open';
export type VerdictKind = 'success' | 'transient' | 'permanent' | 'unknown' | 'neutral';
export type CallOutcome = 'success' | 'failure' | 'neutral';

/** Why no further attempt was started. */
export type RetryRefusal = 'budget' | 'deadline' | 'breaker_open' | 'permanent' | 'attempts' | 'draining';

/** Why the breaker changed its state. */
export type TransitionCause = 'consecutive_calls' | 'timer' | 'probes_succeeded' | 'probe_failed' | 'probe_expired';

/** What a transition or a refusal rests on. */
export interface BreakerEvidence {
  readonly consecutiveFailures: number;
  readonly threshold: number;
  /** Number of transitions so far: the epoch that the evidence belongs to. */
  readonly epoch: number;
  /** Trips in a row, which lengthen the break. */
  readonly trips: number;
  /** Reason of the last counted failure, low cardinality. */
  readonly lastReason: string | null;
}

interface Named {
  /** The pipeline's name: the engine it guards. */
  readonly name: string;
}
interface OfCall extends Named {
  readonly call: CallId;
}

export interface AttemptStarted extends OfCall {
  readonly type: 'attempt_started';
  /** From 1. */
  readonly attempt: number;
  readonly of: number;
  readonly remainingMs: number;
  readonly timeoutMs: number;
}
export interface AttemptFinished extends OfCall {
  readonly type: 'attempt_finished';
  readonly attempt: number;
  readonly of: number;
  readonly outcome: VerdictKind;
  /** Low cardinality: `ECONNREFUSED`, `503`, `timeout`. */
  readonly reason: string;
  readonly message: string;
  readonly durationMs: number;
}
export interface RetryScheduled extends OfCall {
  readonly type: 'retry_scheduled';
  /** The attempt that failed. */
  readonly attempt: number;
  readonly of: number;
  readonly delayMs: number;
  readonly reason: string;
  readonly message: string;
}
export interface RetryRefused extends OfCall {
  readonly type: 'retry_refused';
  /** The attempt that was the last. */
  readonly attempt: number;
  readonly of: number;
  readonly because: RetryRefusal;
  /** Reason of the failure that was not retried. */
  readonly reason: string;
}
export interface BudgetChanged extends Named {
  readonly type: 'budget_changed';
  readonly call?: CallId;
  readonly tokens: number;
}
export interface BreakerTransition extends Named {
  readonly type: 'breaker_transition';
  /** The call whose outcome moved the breaker; absent for timers. */
  readonly call?: CallId;
  readonly from: BreakerStateName;
  readonly to: BreakerStateName;
  readonly because: TransitionCause;
  readonly evidence: BreakerEvidence;
  /** After the transition. */
  readonly epoch: number;
  /** Failed calls in a row, after the transition. */
  readonly consecutive: number;
  /** Milliseconds since the Unix epoch. */
  readonly at: number;
}
/** Exactly one for every call that reached the breaker. */
export interface BreakerCall extends OfCall {
  readonly type: 'breaker_call';
  readonly status: CallOutcome | 'rejected';
  readonly consecutiveFailures: number;
  readonly epoch: number;
  readonly probe: boolean;
  /** The breaker had moved on since it admitted the call: counted here, heard by nobody. */
  readonly stale: boolean;
  /** Present for `rejected`. */
  readonly evidence?: BreakerEvidence;
  readonly retryAfterMs?: number;
}
export interface DeadlineExceeded extends OfCall {
  readonly type: 'deadline_exceeded';
  readonly whose: 'server' | 'client';
  readonly totalMs: number;
  readonly attempts: number;
}
/** Exactly one for every call, the last of its events. */
export interface CallFinished extends OfCall {
  readonly type: 'call_finished';
  readonly outcome: CallOutcome | 'rejected';
  readonly reason: string;
  readonly attempts: number;
  readonly durationMs: number;
}

export type PolicyEvent =
  | AttemptStarted
  | AttemptFinished
  | RetryScheduled
  | RetryRefused
  | BudgetChanged
  | BreakerTransition
  | BreakerCall
  | DeadlineExceeded
  | CallFinished;

export type Emit = (event: PolicyEvent) => void;
