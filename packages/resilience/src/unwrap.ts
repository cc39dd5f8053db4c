import {
  BreakerOpenError,
  CallCancelledError,
  DeadlineExceededError,
  PipelineStoppedError,
  RetriesExhaustedError,
} from './errors.ts';
import type { CallEnd } from './policy.ts';

/** The result of the last attempt, or the error that a caller is to see. */
export function unwrap<T>(end: CallEnd<T>): T {
  if ('result' in end.settled) return end.settled.result;
  const { error } = end.settled;
  if (isOurs(error)) throw error;
  throw new RetriesExhaustedError(error, end);
}

// They say by themselves what happened. An attempt's timeout is not among them: it is the cause of an exhausted retry.
const isOurs = (error: unknown): boolean =>
  error instanceof BreakerOpenError ||
  error instanceof DeadlineExceededError ||
  error instanceof CallCancelledError ||
  error instanceof PipelineStoppedError;
