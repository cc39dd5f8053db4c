/** One line of a regression table, as it stands in `details`. A standard error that does not exist is null. */
export interface CoefficientLine {
  readonly name: string;
  readonly estimate: number | null;
  readonly std_error: number | null;
}

export function coefficientTable(
  names: readonly string[],
  estimates: Float64Array,
  stdErrors: Float64Array,
): readonly CoefficientLine[] {
  return names.map((name, j) => ({ name, estimate: finiteOrNull(estimates[j]!), std_error: finiteOrNull(stdErrors[j]!) }));
}

/** JSON has no NaN and no infinity: what is neither finite is null. */
export function finiteOrNull(value: number): number | null {
  return Number.isFinite(value) ? value : null;
}
