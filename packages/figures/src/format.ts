/** Numbers for reading. Data attributes carry `full` instead. */

const SUPERSCRIPTS = '⁰¹²³⁴⁵⁶⁷⁸⁹';
const MINUS = '−';

/** Every digit: reads back as the same number. */
export const full = (value: number): string => String(value === 0 ? 0 : value);

const signed = (digits: string): string => (digits.startsWith('-') ? MINUS + digits.slice(1) : digits);

/** Fixed decimals, commas between thousands, no negative zero. */
export function fixed(value: number, decimals: number): string {
  const [whole = '', fraction] = value.toFixed(decimals).split('.');
  const text = whole.replace(/\B(?=(\d{3})+$)/g, ',') + (fraction === undefined ? '' : `.${fraction}`);
  return /^-[0.,]*$/.test(text) ? text.slice(1) : signed(text);
}

/** 1.50×10⁻¹², with so many significant digits. */
export function scientific(value: number, digits: number): string {
  if (value === 0) return '0';
  const [mantissa = '', exponent = ''] = value.toExponential(digits - 1).split('e');
  const power = [...String(Number(exponent))].map((digit) => (digit === '-' ? '⁻' : SUPERSCRIPTS[Number(digit)])).join('');
  return mantissa === '1' ? `10${power}` : `${signed(mantissa)}×10${power}`;
}

const magnitude = (value: number): number => (value === 0 ? 0 : Math.floor(Math.log10(Math.abs(value))));
const TOO_LONG = 7;
const TOO_SMALL = -4;

/** So many significant digits, written out unless very large or very small. */
export function significant(value: number, digits = 3): string {
  if (!Number.isFinite(value)) return String(value);
  const power = magnitude(Number(value.toPrecision(digits)));
  if (power >= TOO_LONG || power < TOO_SMALL) return scientific(value, digits);
  return fixed(value, Math.max(0, digits - 1 - power));
}

/** As `significant`, without zeros at the end of the decimals. */
export function compact(value: number, digits = 4): string {
  const text = significant(value, digits);
  return /^[^×]*\.\d*$/.test(text) ? text.replace(/\.?0+$/, '') : text;
}

export const count = (value: number): string => fixed(value, 0);

/** A share from 0 to 1 as a percentage; never rounded up to 100% or down to 0%. */
export function percent(share: number, decimals = 1): string {
  const step = 10 ** -decimals;
  const value = share * 100;
  if (value > 0 && value < step / 2) return `<${fixed(step, decimals)}%`;
  if (value < 100 && value > 100 - step / 2) return `>${fixed(100 - step, decimals)}%`;
  const text = fixed(value, decimals);
  return `${text.includes('.') ? text.replace(/\.?0+$/, '') : text}%`;
}

/** A p-value in three decimals, or the bound it lies below. */
export const pValue = (value: number): string => (value < 0.001 ? '<0.001' : fixed(value, 3));

/** "95%" of alpha 0.05. */
export const level = (alpha: number): string => `${Number(((1 - alpha) * 100).toFixed(6))}%`;

export interface ShownInterval {
  readonly estimate: string;
  /** "[0.10, 0.30]", or undefined where there is no interval. */
  readonly interval: string | undefined;
}

/** An estimate and its interval with the digits that the interval's width justifies: two of its half width, three where that begins low. */
export function shownInterval(estimate: number, lower: number | null, upper: number | null): ShownInterval {
  if (lower === null || upper === null) return { estimate: significant(estimate, 4), interval: undefined };
  const half = (upper - lower) / 2;
  if (!(half > 0)) {
    return { estimate: significant(estimate, 4), interval: `[${significant(lower, 4)}, ${significant(upper, 4)}]` };
  }
  const largest = Math.max(magnitude(estimate), magnitude(lower), magnitude(upper));
  const power = magnitude(half);
  const decimals = (half / 10 ** power < 3.55 ? 2 : 1) - power;
  const write =
    largest >= TOO_LONG || decimals > 6
      ? (value: number) => scientific(value, Math.min(8, Math.max(3, magnitude(value) + decimals + 1)))
      : (value: number) => fixed(value, Math.max(0, decimals));
  return { estimate: write(estimate), interval: `[${write(lower)}, ${write(upper)}]` };
}
