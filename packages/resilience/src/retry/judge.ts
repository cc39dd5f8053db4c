import type { Deadline } from '../deadline/index.ts';
import type { CallOutcome } from '../events.ts';
import type { Classify, Settled, Verdict } from '../policy.ts';
import type { AttemptEnd } from '../timeout/index.ts';

type Whose = Deadline['whose'];

/** The verdict on an attempt: the classifier's where the operation settled, ours where we cut it. */
export function judge<T>(end: AttemptEnd<T>, classify: Classify, whose: Whose): Verdict {
  switch (end.kind) {
    case 'settled':
      return judgeSettled(classify(end.settled), whose);
    case 'timeout':
      return { kind: 'transient', reason: 'timeout', message: end.error.message };
    case 'deadline':
      return { kind: kindOfExpiry(whose), reason: 'deadline', message: end.error.message };
    case 'cancelled':
      return { kind: 'neutral', reason: 'cancelled', message: end.error.message };
    case 'stopped':
      return { kind: 'neutral', reason: 'stopped', message: end.error.message };
  }
}

// Our own total running out is the engine's failure, a total that the client shortened is nobody's.
const kindOfExpiry = (whose: Whose): 'transient' | 'neutral' => (whose === 'server' ? 'transient' : 'neutral');

const judgeSettled = (verdict: Verdict, whose: Whose): Verdict =>
  verdict.expired === true ? { ...verdict, kind: kindOfExpiry(whose) } : verdict;

export const settledOf = <T>(end: AttemptEnd<T>): Settled<T> => (end.kind === 'settled' ? end.settled : { error: end.error });

/** What the breaker hears. A permanent verdict on a response is an answer (501, 505); on an error it is a failure. */
export function outcomeOf(verdict: Verdict, settled: Settled<unknown>): CallOutcome {
  switch (verdict.kind) {
    case 'success':
      return 'success';
    case 'neutral':
      return 'neutral';
    case 'permanent':
      return 'result' in settled ? 'success' : 'failure';
    case 'transient':
    case 'unknown':
      return 'failure';
  }
}

/** What went wrong, in words, for logs and errors. */
export function messageOf(verdict: Verdict, settled: Settled<unknown>): string {
  if (verdict.message !== undefined) return verdict.message;
  if ('error' in settled && settled.error instanceof Error && settled.error.message !== '') return settled.error.message;
  return verdict.reason;
}
