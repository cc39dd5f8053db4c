import type { Deadline } from '../deadline/index.ts';
import type { AttemptContext, CallOptions } from '../policy.ts';
import type { Priority } from '../priority.ts';

/** A call as the layers see it. A layer whose field is missing lets the call pass. */
export interface LayeredCall extends CallOptions {
  /** Whose quota it is: rate limit. */
  readonly client?: string;
  /** What makes two calls the same: coalescing, cache, stale answers. */
  readonly key?: string;
  /** The client's key and the hash of what it belongs to. */
  readonly idempotency?: { readonly key: string; readonly fingerprint: string };
  /** How old an answer the client accepts when the engine fails, ms. */
  readonly maxStaleMs?: number;
  /** Default `interactive`. */
  readonly priority?: Priority;
  /** Whether a second attempt at the same time is harmless. Default false. */
  readonly mayHedge?: boolean;
}

/** A call on its way inwards. */
export interface PassingCall extends LayeredCall {
  readonly deadline?: Deadline;
}

/** An attempt as the operation sees it. */
export interface LayeredAttempt extends AttemptContext {
  /** It is the second one of a race, to be sent elsewhere if there is an elsewhere. */
  readonly hedge?: boolean;
}

export type LayeredOperation<R> = (attempt: LayeredAttempt) => Promise<R>;
