import { combine, dot } from '../linalg/kernels.ts';
import { squaredLengths } from '../linalg/orthonormal.ts';
import { quadraticForm } from '../linalg/products.ts';
import { multiplyTransposed } from '../linalg/triangle.ts';
import { clusterCovariance, fewestGroups } from './cluster.ts';
import type { CovarianceSpec } from './covariance.ts';
import { isPinned, pinnedWarning, restsOn } from './leverage_one.ts';
import { residualFactor } from './robust.ts';
import { eachScoreBlock, type Scored, weightedRss } from './scores.ts';

interface FunctionalVariance {
  /** Negative where a two-way clustered difference is, NaN where HC2–HC4 do not exist. */
  readonly variance: number;
  /** G − 1 for a clustered variance, null otherwise (normal inference). */
  readonly df: number | null;
  readonly warnings: readonly string[];
}

/**
 * Variance of a'β + mean of g over the rows, where the g_i vary from row to row: the sum of squared influences
 * ψ_i = a'(X'WX)^-1 x_i w_i e_i + ownInfluence_i, the stacked M-estimator of the two (Stefanski & Boos 2002).
 * HC1–HC4 inflate the residual part as they do for a coefficient; 'classical' adds its a'Va to Σ ownInfluence².
 * @param gradient a, length k
 * @param ownInfluence w_i (g_i − mean) / Σ w, length n
 */
export function functionalVariance(
  fit: Scored,
  gradient: Float64Array,
  ownInfluence: Float64Array,
  spec: CovarianceSpec,
  checkpoint: () => void,
): FunctionalVariance {
  const size = quadraticForm(fit.bread, gradient);
  if (spec.kind === 'classical') {
    const sigma2 = weightedRss(fit) / fit.dfResidual;
    return { variance: sigma2 * size + dot(ownInfluence, ownInfluence), df: null, warnings: [] };
  }
  const kind = spec.kind === 'cluster' ? 'HC0' : spec.kind;
  const influence = Float64Array.from(ownInfluence);
  let pinned = 0;
  const direction = multiplyTransposed(fit.inverseTriangle, gradient);
  eachScoreBlock(fit, checkpoint, (q, residuals) => {
    const leverages = squaredLengths(q);
    const along = new Float64Array(q.rows);
    combine(along, q.columns, direction, q.columns.length);
    for (let i = 0; i < q.rows; i++) {
      if (isPinned(kind, leverages[i]!) && restsOn(along[i]!, size)) pinned++;
      const factor = Math.sqrt(residualFactor(kind, leverages[i]!, fit.n, q.columns.length));
      influence[q.start + i] = influence[q.start + i]! + along[i]! * residuals[i]! * factor;
    }
  });
  if (pinned > 0) return { variance: Number.NaN, df: null, warnings: [pinnedWarning(kind, pinned)] };
  if (spec.kind !== 'cluster') return { variance: dot(influence, influence), df: null, warnings: [] };
  const meatOf = (codes: Int32Array, groups: number) => {
    const sums = new Float64Array(groups);
    codes.forEach((code, i) => {
      sums[code] = sums[code]! + influence[i]!;
    });
    return { rows: 1, cols: 1, data: Float64Array.of(dot(sums, sums)) };
  };
  const { matrix, warnings } = clusterCovariance(meatOf, spec.clusters, fit.weights, spec.smallSample, fit.n, fit.design.cols);
  return { variance: matrix.data[0]!, df: fewestGroups(spec.clusters, fit.weights) - 1, warnings };
}
