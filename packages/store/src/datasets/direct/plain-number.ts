const [PLUS, COMMA, MINUS, POINT, ZERO, NINE, UPPER_E, LOWER_E] = [43, 44, 45, 46, 48, 57, 69, 101] as const;

/** Bytes; whatever is longer is no plain number. */
export const LONGEST_PLAIN = 40;
/** From here on, not every integer is a double. */
const FIRST_INEXACT = 2 ** 53;
/** Powers of ten that are doubles: a quotient of such a one and an exact integer is rounded once, so correctly. */
const EXACT_POWERS = Float64Array.from({ length: 23 }, (_, exponent) => Number(`1e${exponent}`));

/**
 * The value of a number written in the plainest way, or NaN: finite, in decimal notation, without blanks, leading zeros,
 * or all the digits of an integer from 2^53 on. What is not plain may still be a number; telling needs more care than this.
 *
 * @param decimalComma whether `1,5` is one and a half
 */
export function plainNumber(bytes: Buffer, start: number, end: number, decimalComma: boolean): number {
  let at = start;
  const sign = bytes[at] as number;
  if (sign === MINUS || sign === PLUS) at++;
  const digitsFrom = at;
  let mantissa = 0;
  let byte = 0;
  for (; at < end; at++) {
    byte = bytes[at] as number;
    if (byte < ZERO || byte > NINE) break;
    mantissa = mantissa * 10 + (byte - ZERO);
  }
  let digits = at - digitsFrom;
  if (digits > 1 && bytes[digitsFrom] === ZERO) return Number.NaN;
  let decimals = 0;
  let comma = false;
  let integer = true;
  if (at < end && (byte === POINT || (decimalComma && byte === COMMA))) {
    comma = byte === COMMA;
    integer = false;
    const decimalsFrom = ++at;
    for (; at < end; at++) {
      byte = bytes[at] as number;
      if (byte < ZERO || byte > NINE) break;
      mantissa = mantissa * 10 + (byte - ZERO);
    }
    decimals = at - decimalsFrom;
    digits += decimals;
    if (comma && decimals === 0) return Number.NaN;
  }
  if (digits === 0 || end - start > LONGEST_PLAIN) return Number.NaN;
  if (at < end) {
    if ((byte !== LOWER_E && byte !== UPPER_E) || comma || !isExponent(bytes, at + 1, end)) return Number.NaN;
    integer = false;
  } else if (mantissa < FIRST_INEXACT && decimals < EXACT_POWERS.length) {
    const value = mantissa / (EXACT_POWERS[decimals] as number);
    // Zero has one sign.
    return sign === MINUS && value !== 0 ? -value : value;
  }
  const text = bytes.toString('latin1', start, end);
  const value = Number(comma ? text.replace(',', '.') : text);
  return Number.isFinite(value) && (!integer || Math.abs(value) < FIRST_INEXACT) ? value + 0 : Number.NaN;
}

function isExponent(bytes: Buffer, start: number, end: number): boolean {
  const sign = bytes[start];
  const from = sign === MINUS || sign === PLUS ? start + 1 : start;
  for (let at = from; at < end; at++) if ((bytes[at] as number) < ZERO || (bytes[at] as number) > NINE) return false;
  return from < end;
}
