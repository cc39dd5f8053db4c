/**
 * A low-cardinality name for a failure: a short text as given, the error's code (`ECONNREFUSED`, `UND_ERR_SOCKET`,
 * a row of the error table), else its class name.
 */
export function errorType(error: unknown): string {
  if (typeof error === 'string') return error.slice(0, 64);
  if (error instanceof Error) {
    const code = (error as { code?: unknown }).code;
    return typeof code === 'string' && /^\w{1,64}$/.test(code) ? code : error.name;
  }
  return '_OTHER';
}
