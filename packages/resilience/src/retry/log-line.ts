import type { RetryScheduled } from '../events.ts';

// A message is the engine's or the system's text: on one line, and ended, so that the next sentence starts clean.
export const sentence = (message: string): string => {
  const line = message.replace(/\s+/g, ' ').trim();
  return /[.!?…]$/.test(line) ? line : `${line}.`;
};

/** `[Retry] Attempt 1/3 failed: connect ECONNREFUSED 127.0.0.1:8080. Retrying in 1.23s` */
export function formatRetryLine(event: Pick<RetryScheduled, 'attempt' | 'of' | 'message' | 'delayMs'>): string {
  const wait = (event.delayMs / 1000).toFixed(2);
  return `[Retry] Attempt ${event.attempt}/${event.of} failed: ${sentence(event.message)} Retrying in ${wait}s`;
}
