import type { IncomingHttpHeaders } from 'node:http';
import { ProblemError, shown } from '@penstock/contracts';
import { totalFromHeaders } from '@penstock/resilience';

/** The total time of a call: the server's, or what the client asked for where that is less. */
export interface RequestedTotal {
  readonly totalMs: number;
  /** Where `totalMs` is what is left of it: the whole of it, which the client is told. */
  readonly wholeMs?: number;
  readonly clientShortened: boolean;
}

const ACCEPTED = { prefer: 'wait=N with N a whole number of seconds', 'request-timeout': 'a number of seconds' } as const;

/**
 * Reads `Prefer: wait=N` and `Request-Timeout: N`, both in seconds.
 * @throws ProblemError invalid_header for a value that is not a time
 */
export function requestedTotal(headers: IncomingHttpHeaders, maximumMs: number): RequestedTotal {
  const wait = totalFromHeaders(
    { prefer: oneText(headers.prefer), requestTimeout: oneText(headers['request-timeout']) },
    maximumMs,
  );
  if (wait.kind === 'total') return { totalMs: wait.totalMs, clientShortened: wait.clientShortened };
  const { header } = wait;
  const received = shown(wait.received);
  throw new ProblemError(
    'invalid_header',
    `The header ${header} has ${JSON.stringify(received)}; accepted: ${ACCEPTED[header]}`,
    {
      errors: [{ field: `header:${header}`, message: 'is not a time', received, accepted: ACCEPTED[header] }],
    },
  );
}

const oneText = (value: string | string[] | undefined): string | undefined => (Array.isArray(value) ? value.join(',') : value);
