import { randomBytes } from 'node:crypto';

const TRACE_ID = 32;
const SPAN_ID = 16;
/** Bytes drawn at once: drawing costs far more than cutting off. */
const DRAWN = 4096;

let digits = '';
let used = 0;

function next(length: number): string {
  if (used + length > digits.length) {
    digits = randomBytes(DRAWN).toString('hex');
    used = 0;
  }
  const id = digits.slice(used, used + length);
  used += length;
  return isZero(id) ? next(length) : id;
}

// W3C Trace Context: an id of nothing but zeros is invalid.
const isZero = (id: string): boolean => id.charCodeAt(0) === 48 && /^0+$/.test(id);

/** 32 random hexadecimal digits, not all of them zero. */
export const randomTraceId = (): string => next(TRACE_ID);

/** 16 random hexadecimal digits, not all of them zero. */
export const randomSpanId = (): string => next(SPAN_ID);
