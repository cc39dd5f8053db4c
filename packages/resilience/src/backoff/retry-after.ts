import type { Random } from '@penstock/clock';

const IMF_FIXDATE = /^[A-Za-z]{3}, \d{2} [A-Za-z]{3} \d{4} \d{2}:\d{2}:\d{2} GMT$/;

/**
 * Milliseconds that a `Retry-After` value (RFC 9110 §10.2.3) asks to wait: whole seconds or an HTTP date. A date that
 * has passed is 0; anything else is undefined.
 *
 * @param nowMs milliseconds since the Unix epoch
 */
export function parseRetryAfter(value: string | undefined, nowMs: number): number | undefined {
  const text = value?.trim() ?? '';
  if (/^\d{1,9}$/.test(text)) return Number(text) * 1000;
  if (!IMF_FIXDATE.test(text)) return undefined;
  const at = Date.parse(text);
  return Number.isNaN(at) ? undefined : Math.max(0, at - nowMs);
}

/**
 * The seconds to put in a `Retry-After`: at least `ms`, at least 1, later at random by up to `ratio`, so that clients
 * refused together do not return together.
 */
export function spreadRetryAfterSeconds(ms: number, random: Random, ratio = 0.2): number {
  return Math.max(1, Math.ceil((ms * (1 + ratio * random.next())) / 1000));
}
