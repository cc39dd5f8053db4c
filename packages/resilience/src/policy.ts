import type { CallOutcome, PolicyEvent, RetryRefusal, VerdictKind } from './events.ts';

/** What an operation is told about the attempt that it makes. */
export interface AttemptContext {
  /** From 1. */
  readonly number: number;
  /** Aborts when the attempt times out, the deadline passes, the client goes or the pipeline stops; the reason is the typed error. */
  readonly signal: AbortSignal;
  /** What is left of the call's total when the attempt starts, ms. */
  readonly remainingMs: number;
  /** After how long this attempt is cut, ms: the smaller of the cap and of what is left. */
  readonly timeoutMs: number;
}

export interface CallOptions {
  /** Aborts when the client has gone away. */
  readonly signal?: AbortSignal;
  /** Budget of the whole call, backoff included, ms; cut to the pipeline's own total. */
  readonly totalMs: number;
  /** The total is shorter than the server's because the client asked for it. Default false. */
  readonly clientShortened?: boolean;
  /** What kind of call it is, such as its route: calls of one kind share what was learnt of their latency. */
  readonly kind?: string;
  /** Fewer attempts than configured, such as 1 for a streamed upload. */
  readonly maxAttempts?: number;
  /**
   * Takes what the breaker is to hear of a failed call, to tell it later, once. A probe's failure is told at once, so
   * that it holds no place.
   */
  readonly holdFailure?: (tell: TellHeld) => void;
  /** Hears the events of this call, for logs and span events. */
  readonly onEvent?: (event: PolicyEvent) => void;
}

/**
 * Tells the breaker of a call that has failed: as the failure that it is, or as no evidence.
 * @param weight what part of a call the failure counts for in a row of failed calls, 0–1. Default 1. It is not part of the
 *   row any more where a call has succeeded meanwhile
 * @throws RangeError for another weight
 */
export type TellHeld = (as: 'failure' | 'neutral', weight?: number) => void;

/** What an attempt's end means. */
export interface Verdict {
  readonly kind: VerdictKind;
  /** Low cardinality: `ECONNREFUSED`, `503`, `timeout`. */
  readonly reason: string;
  readonly message?: string;
  /** How long the engine asked to wait, ms. */
  readonly retryAfterMs?: number;
  /**
   * The engine works, and has too much to do: the call may be tried again, throttle and concurrency limit spare the
   * engine, and the breaker hears nothing of it. A breaker that opened would end the work that the engine can do.
   */
  readonly pushback?: true;
  /** The engine gave up because the call's deadline had passed: judged as if we had cut the attempt there. */
  readonly expired?: true;
}

export type Settled<T> = { readonly result: T } | { readonly error: unknown };

// biome-ignore lint/suspicious/noExplicitAny: one classifier judges the results of every operation, whatever their type
export type Classify = (settled: Settled<any>) => Verdict;

export type Operation<T> = (attempt: AttemptContext) => Promise<T>;

/** How a whole call ended, as the layers around the retry see it. */
export interface CallEnd<T> {
  readonly outcome: CallOutcome | 'rejected';
  readonly verdict: Verdict;
  /** Attempts that were started. */
  readonly attempts: number;
  /** The last attempt's end, or the refusal. */
  readonly settled: Settled<T>;
  /** Why no further attempt followed a failed one. */
  readonly refusal?: RetryRefusal;
  /** When it makes sense to ask again, ms. */
  readonly retryAfterMs?: number;
  /** What part of a call a failure counts for in a row of failed calls, 0–1. Default 1. */
  readonly weight?: number;
  /** For a call that its client abandoned: how long the attempt in flight had been without an answer, ms. */
  readonly abandonedInFlightMs?: number;
}

/** One layer of a pipeline. */
export interface Policy {
  readonly policy: string;
  /** The layer with its numbers, as in the start line. */
  describe(): string;
}
