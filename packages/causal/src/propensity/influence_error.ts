import type { ResolvedOptions } from '@penstock/contracts';
import { clusterCovariance, fewestGroups } from '../fit/cluster.ts';
import { covarianceChoice, describeCovariance } from '../fit/covariance_choice.ts';
import { NORMAL, type Reference } from '../inference/interval.ts';
import { zeros } from '../linalg/matrix.ts';
import type { AnalysisInput } from '../types.ts';

export interface InfluenceError {
  /** NaN where the two-way clustered formula gives a negative variance. */
  readonly stdError: number;
  readonly reference: Reference;
  readonly details: Readonly<Record<string, unknown>>;
  readonly warnings: readonly string[];
}

/**
 * Standard error of an asymptotically linear estimate from the influence of each row.
 * Rows are independent: sqrt(Σ influence²)/n, compared with the normal distribution. With covariance 'cluster'
 * influences are first added up within clusters, corrected by G/(G − 1) unless `small_sample` is 'none', and
 * compared with t(G − 1). HC0 to HC4, which correct for leverage in a regression, make no difference here.
 * @param influence length n, mean zero
 * @throws NotApplicable for covariance 'cluster' without a cluster column
 */
export function influenceError(influence: Float64Array, input: AnalysisInput, options: ResolvedOptions): InfluenceError {
  const spec = covarianceChoice(input, options);
  const n = influence.length;
  if (spec.kind !== 'cluster') {
    let squares = 0;
    for (let i = 0; i < n; i++) squares += influence[i]! ** 2;
    const details = { covariance: 'influence function', clusters: null };
    return { stdError: Math.sqrt(squares) / n, reference: NORMAL, details, warnings: [] };
  }
  const meat = (codes: Int32Array, groups: number) => summedSquares(influence, codes, groups);
  const { matrix, warnings } = clusterCovariance(meat, spec.clusters, undefined, spec.smallSample, n, 1);
  return {
    stdError: Math.sqrt(matrix.data[0]!) / n,
    reference: { kind: 't', df: fewestGroups(spec.clusters) - 1 },
    details: describeCovariance(spec),
    warnings,
  };
}

/** Σ over groups of (Σ influence)², as a 1×1 matrix. */
function summedSquares(influence: Float64Array, codes: Int32Array, groups: number) {
  const totals = new Float64Array(groups);
  for (let i = 0; i < influence.length; i++) totals[codes[i]!]! += influence[i]!;
  const result = zeros(1, 1);
  for (const total of totals) result.data[0]! += total ** 2;
  return result;
}
