import type { Clock } from '@penstock/clock';
import { parseRetryAfter } from '../backoff/index.ts';
import type { Settled, Verdict } from '../policy.ts';
import { classifyError } from './error.ts';
import { CLASSIFICATION_DEFAULTS, type ClassificationOptions } from './options.ts';
import { classifyStatus } from './status.ts';

/** What a classifier reads from an answer. */
export interface Answer {
  readonly status: number;
  /** The value of Retry-After, as received. */
  readonly retryAfter?: string | undefined;
}

/** The classifier of an HTTP operation: `read` gets status and Retry-After out of its result. */
export function httpClassifier<T>(
  read: (result: T) => Answer,
  clock: Clock,
  options: ClassificationOptions = CLASSIFICATION_DEFAULTS,
): (settled: Settled<T>) => Verdict {
  return (settled) => {
    if ('error' in settled) return classifyError(settled.error);
    const { status, retryAfter } = read(settled.result);
    return classifyStatus(status, parseRetryAfter(retryAfter, clock.now()), options);
  };
}
