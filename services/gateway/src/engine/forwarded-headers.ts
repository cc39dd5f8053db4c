import type { IncomingHttpHeaders } from 'node:http';

/** What of a client's headers the engine sees. Everything else is between client and gateway. */
const TO_ENGINE = ['content-type', 'accept', 'accept-language', 'prefer', 'if-none-match', 'content-encoding'] as const;

/** What of the engine's headers the client sees. */
const TO_CLIENT = [
  'content-type',
  'content-disposition',
  'content-security-policy',
  'x-content-type-options',
  'cache-control',
  'cache-status',
  'etag',
  'location',
  'age',
  'retry-after',
  'preference-applied',
] as const;

export type HeaderRecord = Record<string, string>;

export function headersForEngine(headers: IncomingHttpHeaders): HeaderRecord {
  return pick(headers, TO_ENGINE);
}

export function headersForClient(headers: IncomingHttpHeaders): HeaderRecord {
  return pick(headers, TO_CLIENT);
}

function pick(headers: IncomingHttpHeaders, names: readonly string[]): HeaderRecord {
  const picked: HeaderRecord = {};
  for (const name of names) {
    const value = headers[name];
    if (value !== undefined) picked[name] = Array.isArray(value) ? value.join(', ') : value;
  }
  return picked;
}
