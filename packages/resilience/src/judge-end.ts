import {
  AttemptTimeoutError,
  BreakerOpenError,
  CallCancelledError,
  DeadlineExceededError,
  PipelineStoppedError,
  RetriesExhaustedError,
} from './errors.ts';
import { HedgeLostError } from './hedge/errors.ts';
import { LocalRefusalError } from './local-refusal.ts';
import type { Classify, Settled, Verdict } from './policy.ts';

/** The verdict on the end of a whole call, or of an attempt with the reason of its signal: for layers that judge by themselves. */
export function judgeEnd<R>(settled: Settled<R>, classify: Classify): Verdict {
  if ('result' in settled) return classify(settled);
  const { error } = settled;
  if (error instanceof RetriesExhaustedError) return error.verdict;
  const message = error instanceof Error ? error.message : String(error);
  if (error instanceof LocalRefusalError) return { kind: 'neutral', reason: error.layer, message };
  if (error instanceof BreakerOpenError)
    return { kind: 'neutral', reason: 'breaker_open', message, retryAfterMs: error.retryAfterMs };
  if (error instanceof AttemptTimeoutError) return { kind: 'transient', reason: 'timeout', message };
  if (error instanceof HedgeLostError) return { kind: 'neutral', reason: 'hedge_lost', message };
  if (error instanceof CallCancelledError) return { kind: 'neutral', reason: 'cancelled', message };
  if (error instanceof PipelineStoppedError) return { kind: 'neutral', reason: 'stopped', message };
  if (error instanceof DeadlineExceededError) {
    return { kind: error.whose === 'server' ? 'transient' : 'neutral', reason: 'deadline', message };
  }
  return classify(settled);
}
