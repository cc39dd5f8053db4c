import type { Clock, Random } from '@penstock/clock';
import type { BreakerOptions, BreakerSnapshot, ReadinessProbe } from './breaker/index.ts';
import type { BudgetOptions, BudgetPolicy, BudgetSnapshot } from './budget/index.ts';
import type { DeadlineOptions } from './deadline/index.ts';
import type { BreakerStateName, PolicyEvent } from './events.ts';
import type { CallEnd, CallOptions, Classify, Operation } from './policy.ts';
import type { RetryOptions } from './retry/index.ts';
import type { TimeoutOptions } from './timeout/index.ts';

/** Whatever is left out has its documented default. */
export interface PipelineOptions {
  readonly deadline?: Partial<DeadlineOptions>;
  readonly breaker?: Partial<BreakerOptions>;
  readonly retry?: Partial<RetryOptions>;
  readonly budget?: Partial<BudgetOptions>;
  readonly timeout?: Partial<TimeoutOptions>;
}

export interface PipelineDeps {
  /** The engine that the pipeline guards, as messages and events name it. */
  readonly name: string;
  readonly clock: Clock;
  readonly random: Random;
  readonly classify: Classify;
  /**
   * One bucket for several pipelines and their hedges, in place of the pipeline's own. Whoever shares it out sets and
   * reloads its options; `PipelineOptions.budget` is refused then.
   */
  readonly budget?: BudgetPolicy;
  /** Asked for the engine's readiness while the breaker is open. Without it only time ends a break. */
  readonly probe?: ReadinessProbe;
  /** Hears every event. */
  readonly onEvent?: (event: PolicyEvent) => void;
  /** Hears what a listener threw; the call never does. */
  readonly onListenerError?: (error: unknown, event: PolicyEvent) => void;
}

export interface PipelineSnapshot {
  readonly name: string;
  readonly breaker: BreakerSnapshot;
  readonly budget: BudgetSnapshot;
  readonly inFlight: number;
  readonly draining: boolean;
  /** What listeners threw so far. */
  readonly listenerErrors: number;
}

export interface Pipeline {
  /**
   * Runs the operation through breaker, retry and timeout. Resolves with the last attempt's result, whatever its
   * verdict; rejects with BreakerOpenError, DeadlineExceededError, CallCancelledError, PipelineStoppedError, or
   * RetriesExhaustedError around what the last attempt threw.
   */
  execute<T>(operation: Operation<T>, call: CallOptions): Promise<T>;
  /** The same, with what the caller gets, or what is thrown, made of the call's end: without a further promise for it. */
  deliver<T, D>(operation: Operation<T>, call: CallOptions, made: (end: CallEnd<T>) => D): Promise<D>;
  /** The breaker as calls meet it, without the cost of a snapshot: `closed` where it only watches or is off. */
  readonly state: BreakerStateName;
  /** Milliseconds until the breaker lets the next call through; 0 when nothing is in the way. */
  readonly retryAfterMs: number;
  /** Whether an attempt of such a call that starts after `delayMs` could still be answered in time: for those that retry by themselves. */
  fits(call: CallOptions, delayMs: number): boolean;
  /**
   * A call would go here: where the breaker is open, the engine's readiness is asked now and not at the next turn, ten times
   * as often as at turns at most.
   */
  askReadiness(): void;
  /** The start line: every layer with its numbers. */
  describe(): string;
  snapshot(): PipelineSnapshot;
  /**
   * Other options for the same pipeline, complete as at construction: what is left out has its default again. A RangeError
   * leaves everything as it was. Nothing that was learnt is dropped: breaker state, counts, windows, tokens (cut to the
   * new capacity) and the floor latency stay; timers that run keep their end.
   */
  reload(options: PipelineOptions): void;
  /** From now on nothing is retried; backoffs end at once. First attempts still run. */
  drain(): void;
  /** Drains, ends calls in flight with PipelineStoppedError, refuses later ones, leaves no timer. */
  stop(): void;
}
