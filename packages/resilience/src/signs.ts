import type { LoadSign } from './concurrency/index.ts';
import type { Settled, Verdict } from './policy.ts';
import type { Acceptance } from './throttle/index.ts';

/** What the end of a call says about load. A connection refused at once is no sign of it, and its latency says nothing. */
export function loadSign(verdict: Verdict): LoadSign {
  const { kind, reason } = verdict;
  if (kind === 'success' || kind === 'permanent') return 'answered';
  if (kind === 'neutral') return 'ignored';
  return reason === 'timeout' || reason === 'deadline' || turnedDown(verdict) ? 'dropped' : 'ignored';
}

/**
 * What the end of a call says about the engine's willingness: its last answer turned the call down (429, pushback) or,
 * with whatever else, took it. Where no answer came, nothing was said: outages are the breaker's business.
 */
export function willingness(settled: Settled<unknown>, verdict: Verdict): Acceptance {
  if ('error' in settled || verdict.kind === 'neutral') return 'neutral';
  return turnedDown(verdict) ? 'rejected' : 'accepted';
}

// A 503 alone does not tell an engine that has too much to do from one that is broken: its classifier does.
const turnedDown = ({ reason, pushback }: Verdict): boolean => pushback === true || reason === '429';
