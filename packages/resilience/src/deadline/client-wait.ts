/** What the client's headers make of the total, or what is wrong with them. */
export type ClientWait =
  | { readonly kind: 'total'; readonly totalMs: number; readonly clientShortened: boolean }
  | { readonly kind: 'invalid'; readonly header: 'prefer' | 'request-timeout'; readonly received: string };

interface WaitHeaders {
  readonly prefer?: string | undefined;
  readonly requestTimeout?: string | undefined;
}

const DECIMAL = /^\d{1,9}(\.\d{1,3})?$/;

/**
 * The total of a request from `Prefer: wait=N` (RFC 7240, whole seconds) and `Request-Timeout` (seconds), clamped
 * by the server's maximum. The shorter one counts when both are there. Other preferences are left alone.
 */
export function totalFromHeaders(headers: WaitHeaders, maxMs: number): ClientWait {
  const wait = waitPreference(headers.prefer);
  if (wait !== undefined && !/^\d{1,9}$/.test(wait)) return { kind: 'invalid', header: 'prefer', received: wait };
  const timeout = headers.requestTimeout?.trim();
  if (timeout !== undefined && !DECIMAL.test(timeout)) {
    return { kind: 'invalid', header: 'request-timeout', received: timeout };
  }
  const asked = Math.min(seconds(wait), seconds(timeout));
  return { kind: 'total', totalMs: Math.min(asked, maxMs), clientShortened: asked < maxMs };
}

const seconds = (text: string | undefined): number => (text === undefined ? Number.POSITIVE_INFINITY : Number(text) * 1000);

// RFC 7240: preferences are separated by commas, their parameters by semicolons; the first of a name wins.
function waitPreference(prefer: string | undefined): string | undefined {
  for (const preference of prefer?.split(',') ?? []) {
    const [name, value] = (preference.split(';')[0] ?? '').split('=');
    if (name?.trim().toLowerCase() === 'wait') return (value ?? '').trim().replaceAll('"', '');
  }
  return undefined;
}
