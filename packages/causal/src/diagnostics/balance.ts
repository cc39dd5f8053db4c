import { splitByTreatment } from './groups.ts';
import { ksDistance } from './kolmogorov_smirnov.ts';
import { mean, variance, weightedMean } from './moments.ts';

/** Covariate balance of one column. A number that does not exist (no spread, no weights) is null. */
export interface BalanceRow {
  readonly column: string;
  readonly meanTreated: number;
  readonly meanControl: number;
  /** Difference in means over the treated group's sample SD (n − 1). */
  readonly smd: number | null;
  /** As `smd`, but a 0/1 column is divided by sqrt(p(1 − p)) of the treated. */
  readonly smdBinaryConvention: number | null;
  /** Difference in means over sqrt((s1² + s0²)/2). */
  readonly smdPooled: number | null;
  /** ATE-weighted means of both groups, over the unweighted pooled SD of `smdPooled`. */
  readonly smdWeightedAte: number | null;
  /** Treated mean minus ATT-weighted control mean, over the treated group's unweighted SD. */
  readonly smdWeightedAtt: number | null;
  /** s1²/s0². */
  readonly varianceRatio: number | null;
  readonly ks: number;
}

/** Weights of length n, zero outside the arm that they belong to. */
export interface ArmWeightColumns {
  readonly treated: Float64Array;
  readonly control: Float64Array;
}

export function balanceRow(
  column: string,
  values: Float64Array,
  treatment: Float64Array,
  weights: { readonly ate: ArmWeightColumns; readonly att: ArmWeightColumns } | null,
): BalanceRow {
  const { treated, control } = splitByTreatment(values, treatment);
  const [m1, m0] = [mean(treated), mean(control)];
  const [v1, v0] = [variance(treated), variance(control)];
  const binary = values.every((value) => value === 0 || value === 1);
  const sdTreated = Math.sqrt(v1);
  const sdPooled = Math.sqrt((v1 + v0) / 2);
  const weightedDifference = (arms: ArmWeightColumns) => weightedMean(values, arms.treated) - weightedMean(values, arms.control);
  return Object.freeze({
    column,
    meanTreated: m1,
    meanControl: m0,
    smd: ratio(m1 - m0, sdTreated),
    smdBinaryConvention: ratio(m1 - m0, binary ? Math.sqrt(m1 * (1 - m1)) : sdTreated),
    smdPooled: ratio(m1 - m0, sdPooled),
    smdWeightedAte: weights === null ? null : ratio(weightedDifference(weights.ate), sdPooled),
    smdWeightedAtt: weights === null ? null : ratio(weightedDifference(weights.att), sdTreated),
    varianceRatio: ratio(v1, v0),
    ks: ksDistance(treated.sort(), control.sort()),
  });
}

function ratio(top: number, bottom: number): number | null {
  const value = top / bottom;
  return bottom > 0 && Number.isFinite(value) ? value : null;
}
