import type { BreakerEvidence, RetryRefusal } from './events.ts';
import type { CallEnd, Verdict } from './policy.ts';

const seconds = (ms: number): number => Math.max(1, Math.ceil(ms / 1000));

/** The breaker refused the call before any attempt. */
export class BreakerOpenError extends Error {
  override readonly name = 'BreakerOpenError';
  /** Milliseconds until the next call is let through. */
  readonly retryAfterMs: number;
  readonly evidence: BreakerEvidence;

  constructor(engine: string, retryAfterMs: number, evidence: BreakerEvidence) {
    super(`Circuit breaker OPEN for ${engine}: next attempt in ${seconds(retryAfterMs)} s`);
    this.retryAfterMs = retryAfterMs;
    this.evidence = evidence;
  }
}

/** The call's total ran out: `server` for our own, `client` for one that the client shortened. */
export class DeadlineExceededError extends Error {
  override readonly name = 'DeadlineExceededError';
  readonly whose: 'server' | 'client';
  readonly totalMs: number;
  /** Attempts that were started before. */
  readonly attempts: number;
  readonly floorMs: number | undefined;

  /** @param floorMs how long the fastest answer lately took, where no attempt was started because less is left */
  constructor(whose: 'server' | 'client', totalMs: number, attempts: number, floorMs?: number) {
    const after = `after ${attempts} ${attempts === 1 ? 'attempt' : 'attempts'}`;
    super(
      floorMs === undefined
        ? `The ${whose}'s deadline of ${totalMs} ms passed ${after}`
        : `The ${whose}'s deadline of ${totalMs} ms leaves less than the ${Math.ceil(floorMs)} ms that the fastest answer lately took; given up ${after}`,
    );
    this.whose = whose;
    this.totalMs = totalMs;
    this.attempts = attempts;
    this.floorMs = floorMs;
  }
}

/** One attempt took longer than the cap. */
export class AttemptTimeoutError extends Error {
  override readonly name = 'AttemptTimeoutError';
  readonly timeoutMs: number;

  constructor(timeoutMs: number) {
    super(`No answer within ${timeoutMs} ms`);
    this.timeoutMs = timeoutMs;
  }
}

/** The client went away; `cause` is the reason of its signal. */
export class CallCancelledError extends Error {
  override readonly name = 'CallCancelledError';

  constructor(cause: unknown) {
    super('The client went away', { cause });
  }
}

/** The pipeline was stopped: calls in flight end, later ones are refused. */
export class PipelineStoppedError extends Error {
  override readonly name = 'PipelineStoppedError';

  constructor(engine: string) {
    super(`The pipeline to ${engine} has stopped`);
  }
}

/** The last attempt threw. `cause` is what it threw, `refusal` why no further attempt followed: none for a neutral verdict. */
export class RetriesExhaustedError extends Error {
  override readonly name = 'RetriesExhaustedError';
  readonly verdict: Verdict;
  readonly attempts: number;
  readonly refusal: RetryRefusal | undefined;
  /** When it makes sense to ask again, ms, where that is known. */
  readonly retryAfterMs: number | undefined;

  constructor(cause: unknown, end: Pick<CallEnd<never>, 'verdict' | 'attempts' | 'refusal' | 'retryAfterMs'>) {
    const { verdict, attempts, refusal, retryAfterMs } = end;
    const why = refusal === undefined ? verdict.kind : refusal;
    const what = verdict.message ?? (cause instanceof Error && cause.message !== '' ? cause.message : verdict.reason);
    super(`Failed after ${attempts} ${attempts === 1 ? 'attempt' : 'attempts'} (${why}): ${what}`, { cause });
    this.verdict = verdict;
    this.attempts = attempts;
    this.refusal = refusal;
    this.retryAfterMs = retryAfterMs;
  }
}
