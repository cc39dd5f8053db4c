import type { Random } from '@penstock/clock';
import { type Layer, ProblemError } from '@penstock/contracts';
import {
  BreakerOpenError,
  CallCancelledError,
  DeadlineExceededError,
  LocalRefusalError,
  PipelineStoppedError,
  RetriesExhaustedError,
  type RetryRefusal,
  spreadRetryAfterSeconds,
} from '@penstock/resilience';

/** Where a call ended, and how many attempts it had made by then, at whatever engine. */
interface CallEnding {
  /** Origin of the engine that was asked last. */
  readonly engine: string;
  readonly attempts: number;
  /** Why it did not go to another engine, where it could have. */
  readonly stayed: RetryRefusal | undefined;
}

/** The problem for a call that ended without a reply of an engine. */
export function problemOfCall(error: unknown, ending: CallEnding, random: Random): ProblemError {
  if (error instanceof ProblemError) return error;
  if (error instanceof BreakerOpenError) {
    return new ProblemError('circuit_open', error.message, {
      layer: 'breaker',
      // Later for some, so that those refused together do not come back together.
      retryAfterS: spreadRetryAfterSeconds(error.retryAfterMs, random),
      cause: error,
    });
  }
  if (error instanceof DeadlineExceededError)
    return new ProblemError('deadline_exceeded', error.message, { layer: 'deadline', cause: error });
  if (error instanceof CallCancelledError) {
    return error.cause instanceof ProblemError
      ? error.cause
      : new ProblemError('client_closed_request', error.message, { cause: error });
  }
  if (error instanceof PipelineStoppedError) {
    return new ProblemError('draining', 'The gateway shut down before the engine answered', {
      layer: 'drain',
      retryAfterS: 1,
      cause: error,
    });
  }
  if (error instanceof LocalRefusalError) return overloaded(error);
  if (error instanceof RetriesExhaustedError) return exhausted(error, ending, random);
  return new ProblemError('internal', 'Something unexpected happened. The trace id finds it in the logs.', { cause: error });
}

function exhausted(error: RetriesExhaustedError, { engine, attempts, stayed }: CallEnding, random: Random): ProblemError {
  // What the call's own code threw, such as an upload that grew too large, says more than the retry around it.
  if (error.cause instanceof ProblemError) return error.cause;
  if (error.cause instanceof LocalRefusalError) return overloaded(error.cause);
  const { verdict, retryAfterMs = 1000 } = error;
  const refusal = stayed ?? error.refusal;
  const times = attempts === 1 ? '1 attempt' : `${attempts} attempts`;
  return new ProblemError(
    'engine_unavailable',
    `The engine at ${engine} did not answer after ${times} (${verdict.reason}); not tried again: ${refusal === undefined ? 'what happened is no failure of the engine' : REFUSALS[refusal]}`,
    {
      layer: verdict.reason === 'timeout' ? 'timeout' : 'retry',
      retryAfterS: spreadRetryAfterSeconds(retryAfterMs, random),
      cause: error,
    },
  );
}

// The layers around an engine that refuse; each names itself.
const REFUSING = ['throttle', 'concurrency', 'bulkhead'] as const satisfies readonly Layer[];

function overloaded(cause: LocalRefusalError): ProblemError {
  const { layer, message, retryAfterMs = 1000 } = cause;
  const named = REFUSING.find((each) => each === layer);
  return new ProblemError('overloaded', message, { layer: named ?? 'gateway', retryAfterS: retryAfterMs / 1000, cause });
}

const REFUSALS: Readonly<Record<RetryRefusal, string>> = {
  attempts: 'no attempts are left',
  budget: 'the retry budget is used up',
  deadline: 'not enough of the total time is left',
  breaker_open: 'the circuit breaker has opened',
  permanent: 'it would fail again',
  draining: 'the gateway is shutting down',
};
