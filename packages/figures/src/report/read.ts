/** Careful reading of the reply's free parts: what is missing or of another type is undefined, never guessed. */
export type Json = Readonly<Record<string, unknown>>;

export function recordOf(value: unknown): Json | undefined {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Json) : undefined;
}

export const numberOf = (value: unknown): number | undefined =>
  typeof value === 'number' && Number.isFinite(value) ? value : undefined;

export const textOf = (value: unknown): string | undefined => (typeof value === 'string' && value !== '' ? value : undefined);

export const recordsOf = (value: unknown): readonly Json[] | undefined =>
  Array.isArray(value) ? value.map(recordOf).filter((entry) => entry !== undefined) : undefined;

export const numbersOf = (value: unknown): readonly (number | undefined)[] | undefined =>
  Array.isArray(value) ? value.map(numberOf) : undefined;
