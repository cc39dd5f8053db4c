import type { IncomingHttpHeaders } from 'node:http';
import type { Priority } from '@penstock/resilience';

/** Urgencies of RFC 9218 above its default of 3: nobody waits for the answer. */
const LEAST_URGENT_INTERACTIVE = 3;

/** `Priority: u=0` (most urgent) to `u=7`; `u=4` and above is batch. What cannot be read is ignored, as RFC 9218 asks. */
export function priorityOf(headers: IncomingHttpHeaders): Priority {
  const urgency = /(?:^|,)\s*u=([0-7])\s*(?:[,;]|$)/.exec(String(headers.priority ?? ''))?.[1];
  return Number(urgency ?? LEAST_URGENT_INTERACTIVE) > LEAST_URGENT_INTERACTIVE ? 'batch' : 'interactive';
}

/**
 * How old an answer the client takes where the engine has none, ms: `Cache-Control: stale-if-error=N` (RFC 5861,
 * seconds; without N any age). Undefined: it takes none.
 */
export function staleIfErrorMs(headers: IncomingHttpHeaders): number | undefined {
  const found = /(?:^|,)\s*stale-if-error(?:="?(\d{1,9})"?)?\s*(?:,|$)/i.exec(headers['cache-control'] ?? '');
  if (found === null) return undefined;
  return found[1] === undefined ? Number.POSITIVE_INFINITY : Number(found[1]) * 1000;
}
