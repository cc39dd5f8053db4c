import type { Priority } from './priority.ts';

/** Identity of one call through a pipeline; the same object in every event of the call, so that it can be more than an identity to whoever made it. */
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
export type TransitionCause =
  | RuleCause
  | 'timer'
  | 'readiness'
  | 'probes_succeeded'
  | 'probe_failed'
  | 'probe_expired'
  | 'switched_off';

/** The rule that opened the breaker. */
export type RuleCause = 'consecutive_calls' | 'consecutive_attempts' | 'attempt_ratio' | 'slow_ratio';

/** What a transition or a refusal rests on. */
export interface BreakerEvidence {
  /** Failed calls in a row, and how many open the breaker. */
  readonly consecutiveFailures: number;
  readonly threshold: number;
  /** Failed attempts in a row. */
  readonly consecutiveAttempts: number;
  /** Share of failed attempts in the rule's window, 0–1, and how many attempts that is a share of. */
  readonly failureRatio: number;
  readonly volume: number;
  /** Share of slow calls in the rule's window, 0–1, and how many calls that is a share of. */
  readonly slowRatio: number;
  readonly slowVolume: number;
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
  /** The call that it belongs to, if it belongs to one. */
  readonly call?: CallId | undefined;
}
interface OfCall extends Named {
  readonly call: CallId;
}

/** Of an attempt: it is the second of a race, made while the one of the same number was late. */
interface MayBeHedge {
  readonly hedge?: true;
}

export interface AttemptStarted extends OfCall, MayBeHedge {
  readonly type: 'attempt_started';
  /** From 1. */
  readonly attempt: number;
  readonly of: number;
  readonly remainingMs: number;
  readonly timeoutMs: number;
}
export interface AttemptFinished extends OfCall, MayBeHedge {
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
  /** The breaker only watches: nobody is refused. */
  readonly shadow?: true;
}
/** What the engine's readiness said while the breaker was open. */
export interface ReadinessProbed extends Named {
  readonly type: 'readiness_probed';
  readonly answer: 'ready' | 'not_ready' | 'failed' | 'timeout';
  readonly durationMs: number;
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
/** A policy in shadow mode would have acted here, and did not. */
export interface ShadowDecision extends OfCall {
  readonly type: 'shadow_decision';
  /** `breaker`, `budget`, `retry`, … */
  readonly policy: string;
  /** Low cardinality: `refuse`, `retry`, `cut`, … */
  readonly would: string;
  /** Why, low cardinality. */
  readonly reason: string;
}
/** The options were exchanged at run time. */
export interface OptionsReloaded extends Named {
  readonly type: 'options_reloaded';
  /** The start line as it would read now. */
  readonly line: string;
}
/** Exactly one for every call, the last of its events. */
export interface CallFinished extends OfCall {
  readonly type: 'call_finished';
  readonly outcome: CallOutcome | 'rejected';
  readonly reason: string;
  readonly attempts: number;
  readonly durationMs: number;
}

interface OfLayer extends Named {
  /** The call that it happened to, where the layer was told. */
  readonly call?: CallId | undefined;
}
/** The layer decided this but, being in shadow mode, let the call pass. */
interface Shadowed extends OfLayer {
  readonly shadow: boolean;
}

export interface BulkheadQueued extends Shadowed {
  readonly type: 'bulkhead_queued';
  readonly priority: Priority;
  readonly inFlight: number;
  /** Waiting, this one included. */
  readonly queued: number;
}
export interface BulkheadRefused extends Shadowed {
  readonly type: 'bulkhead_refused';
  readonly because: 'full' | 'wait';
  readonly priority: Priority;
  readonly inFlight: number;
  readonly queued: number;
}
export interface ThrottleRefused extends Shadowed {
  readonly type: 'throttle_refused';
  /** With which the call was refused, 0–1. */
  readonly probability: number;
  readonly requests: number;
  readonly accepts: number;
}
export interface ConcurrencyShed extends Shadowed {
  readonly type: 'concurrency_shed';
  readonly priority: Priority;
  readonly inFlight: number;
  /** What this priority may use of the limit. */
  readonly limit: number;
  readonly retryAfterMs: number;
}
export interface ConcurrencyLimitChanged extends OfLayer {
  readonly type: 'concurrency_limit_changed';
  readonly from: number;
  readonly to: number;
  readonly because: 'answer' | 'drop' | 'reload';
}
export interface HedgeStarted extends Shadowed {
  readonly type: 'hedge_started';
  /** How long the first attempt had been without an answer, ms. */
  readonly delayMs: number;
}
export interface HedgeRefused extends Shadowed {
  readonly type: 'hedge_refused';
  readonly because: 'budget';
  readonly delayMs: number;
}
/** Exactly one for every `hedge_started` that was carried out and whose caller stayed. */
export interface HedgeFinished extends OfLayer {
  readonly type: 'hedge_finished';
  readonly won: 'first' | 'second' | 'neither';
}
export interface CoalesceJoined extends Shadowed {
  readonly type: 'coalesce_joined';
  /** Callers sharing the execution, this one included. */
  readonly sharing: number;
}
export interface CoalesceFinished extends OfLayer {
  readonly type: 'coalesce_finished';
  /** Callers that shared the execution, those that left included. */
  readonly shared: number;
  /** All callers had left: the execution was aborted. */
  readonly abandoned: boolean;
}
export interface StaleServed extends Shadowed {
  readonly type: 'stale_served';
  readonly ageMs: number;
  readonly maxStaleMs: number;
}
export interface StaleEvicted extends OfLayer {
  readonly type: 'stale_evicted';
  readonly because: 'bytes' | 'age' | 'too_large';
  readonly bytes: number;
}
export interface FallbackUsed extends Shadowed {
  readonly type: 'fallback_used';
  /** Reason of the failure that the reply stands in for. */
  readonly reason: string;
}
export interface FallbackFailed extends OfLayer {
  readonly type: 'fallback_failed';
  readonly reason: string;
  /** What the hook threw. */
  readonly message: string;
}
export interface BalancePicked extends Shadowed {
  readonly type: 'balance_picked';
  readonly endpoint: string;
  readonly because: 'least_loaded' | 'only' | 'probe' | 'no_other' | 'turn';
}
export interface BalanceExhausted extends OfLayer {
  readonly type: 'balance_exhausted';
  readonly endpoints: number;
}
export interface BalanceEjected extends OfLayer {
  readonly type: 'balance_ejected' | 'balance_restored';
  readonly endpoint: string;
}
export interface IdempotencyDecided extends Shadowed {
  readonly type: 'idempotency_decided';
  readonly decision: 'execute' | 'replay' | 'in_flight' | 'mismatch';
}
export interface IdempotencyStoreFailed extends OfLayer {
  readonly type: 'idempotency_store_failed';
  readonly during: 'claim' | 'renew' | 'complete' | 'release';
  readonly message: string;
}
/** The lease of the execution ended unrenewed, and the key is another's: its answer was not kept. */
export interface IdempotencyLeaseLost extends OfLayer {
  readonly type: 'idempotency_lease_lost';
}
export interface RateLimited extends Shadowed {
  readonly type: 'rate_limited';
  readonly limit: number;
  readonly retryAfterMs: number;
}
export interface RateLimitStoreFailed extends OfLayer {
  readonly type: 'rate_limit_store_failed';
  readonly message: string;
}

/** What the layers around and inside the core emit. */
export type LayerEvent =
  | BulkheadQueued
  | BulkheadRefused
  | ThrottleRefused
  | ConcurrencyShed
  | ConcurrencyLimitChanged
  | HedgeStarted
  | HedgeRefused
  | HedgeFinished
  | CoalesceJoined
  | CoalesceFinished
  | StaleServed
  | StaleEvicted
  | FallbackUsed
  | FallbackFailed
  | BalancePicked
  | BalanceExhausted
  | BalanceEjected
  | IdempotencyDecided
  | IdempotencyStoreFailed
  | IdempotencyLeaseLost
  | RateLimited
  | RateLimitStoreFailed;

export type PolicyEvent =
  | AttemptStarted
  | AttemptFinished
  | RetryScheduled
  | RetryRefused
  | BudgetChanged
  | BreakerTransition
  | BreakerCall
  | ReadinessProbed
  | ShadowDecision
  | OptionsReloaded
  | DeadlineExceeded
  | CallFinished
  | LayerEvent;

export type Emit = (event: PolicyEvent) => void;
