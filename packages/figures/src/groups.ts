/** Values of the treated (1) and of the controls (0), in row order. */
export function byGroup(values: Float64Array, treated: Float64Array): { treated: readonly number[]; control: readonly number[] } {
  return {
    treated: Array.from(values.filter((_, row) => treated[row] === 1)),
    control: Array.from(values.filter((_, row) => treated[row] === 0)),
  };
}

/** Why values and groups cannot be drawn, or undefined. */
export function groupsProblem(what: string, values: Float64Array, treated: Float64Array, most: number): string | undefined {
  if (values.length !== treated.length) return `${values.length} ${what} and ${treated.length} treatments do not belong together`;
  if (!values.every((value) => value >= 0 && value <= most)) return `some ${what} are not numbers from 0 to ${most}`;
  const ones = treated.filter((value) => value === 1).length;
  const zeros = treated.filter((value) => value === 0).length;
  if (ones + zeros !== treated.length) return 'the treatment is not 0 or 1 throughout';
  if (ones === 0 || zeros === 0) return 'one of the two groups is empty';
  return undefined;
}
