const KNOWN: ReadonlySet<string> = new Set([
  'CONNECT',
  'DELETE',
  'GET',
  'HEAD',
  'OPTIONS',
  'PATCH',
  'POST',
  'PUT',
  'QUERY',
  'TRACE',
]);

/** The method as spans and series name it: `_OTHER` for one that the HTTP semantic conventions do not list. */
export const knownMethod = (method: string): string => (KNOWN.has(method) ? method : '_OTHER');
