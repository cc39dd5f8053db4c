import type { LoadSign } from './concurrency/index.ts';
import type { Settled, Verdict } from './policy.ts';
import type { Acceptance } from './throttle/index.ts';

const TURNED_DOWN: ReadonlySet<string> = new Set(['429', '503']);
const OVERLOAD: ReadonlySet<string> = new Set(['timeout', 'deadline', ...TURNED_DOWN]);

/** What the end of a call says about load. A connection refused at once is no sign of it, and its latency says nothing. */
export function loadSign({ kind, reason }: Verdict): LoadSign {
  if (kind === 'success' || kind === 'permanent') return 'answered';
  return kind !== 'neutral' && OVERLOAD.has(reason) ? 'dropped' : 'ignored';
}

/**
 * What the end of a call says about the engine's willingness: its last answer turned the call down (429, 503) or, with
 * whatever else, took it. Where no answer came, nothing was said: outages are the breaker's business.
 */
export function willingness(settled: Settled<unknown>, { kind, reason }: Verdict): Acceptance {
  if ('error' in settled || kind === 'neutral') return 'neutral';
  return TURNED_DOWN.has(reason) ? 'rejected' : 'accepted';
}
