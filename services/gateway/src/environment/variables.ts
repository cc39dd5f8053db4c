import Type, { type TInteger, type TNumber } from 'typebox';

/** A whole number with its default, both limits and what it means. */
export const count = (initial: number, minimum: number, maximum: number, description: string): TInteger =>
  Type.Integer({ default: initial, minimum, maximum, description });

/** A number with its default, both limits and what it means. */
export const real = (initial: number, minimum: number, maximum: number, description: string): TNumber =>
  Type.Number({ default: initial, minimum, maximum, description });

/** `enforce`, `shadow` or `off` for one policy. */
export const mode = (policy: string, initial: 'enforce' | 'off' = 'enforce') =>
  Type.Enum(['enforce', 'shadow', 'off'], {
    default: initial,
    description: `${policy}: enforce carries its decisions out, shadow only tells them, off does neither`,
  });

/** Times above this are refused, ms: an hour. */
export const HOUR_MS = 3_600_000;
