import { at, columnsOf, type Matrix, zeros } from '../linalg/matrix.ts';
import { addGram } from '../linalg/products.ts';
import { congruence } from '../linalg/triangle.ts';
import type { Codes } from '../types.ts';
import { EstimationError } from '../types.ts';
import { type ClusterMeat, clusterCovariance, fewestGroups, type SmallSample } from './cluster.ts';
import type { RobustKind } from './leverage_one.ts';
import { robustCovariance } from './robust.ts';
import { eachScoreBlock, type Scored, weightedRss } from './scores.ts';

/** What is asked for. */
export type CovarianceSpec =
  | { readonly kind: 'classical' | RobustKind }
  | { readonly kind: 'cluster'; readonly clusters: readonly Codes[]; readonly smallSample: SmallSample };

export interface Covariance {
  /** k×k. */
  readonly matrix: Matrix;
  /** Of the t distribution for inference: n − k, or G − 1 with G the fewest groups of a cluster variable. */
  readonly df: number;
  readonly warnings: readonly string[];
}

/**
 * Covariance of least-squares coefficients: bread · meat · bread with scores w_i x_i e_i.
 * HC0 White (1980); HC1 n/(n−k); HC2 and HC3 divide e² by (1−h) and (1−h)² (MacKinnon & White 1985); HC4
 * Cribari-Neto (2004); cluster Liang & Zeger (1986), two-way Cameron, Gelbach & Miller (2011).
 * Computed in the coordinates of Q, where X = QR, so that badly scaled columns cost no digits.
 * @throws EstimationError without residual degrees of freedom
 */
export function covariance(fit: Scored, spec: CovarianceSpec, checkpoint: () => void): Covariance {
  if (fit.dfResidual < 1) throw new EstimationError('no residual degrees of freedom: as many columns as rows');
  const { matrix, df, warnings } = uncommented(fit, spec, checkpoint);
  return { matrix, df, warnings: [...perfectFitWarning(fit), ...warnings] };
}

function uncommented(fit: Scored, spec: CovarianceSpec, checkpoint: () => void): Covariance {
  if (spec.kind === 'cluster') return clustered(fit, spec, checkpoint);
  if (spec.kind === 'classical') return { matrix: classical(fit), df: fit.dfResidual, warnings: [] };
  return { ...robustCovariance(fit, spec.kind, checkpoint), df: fit.dfResidual };
}

/** Square roots of the diagonal; NaN where the variance is NaN, or negative as a two-way clustered one can be. */
export function standardErrors(matrix: Matrix): Float64Array {
  return Float64Array.from({ length: matrix.rows }, (_, j) => Math.sqrt(at(matrix, j, j)));
}

function classical(fit: Scored): Matrix {
  const variance = weightedRss(fit) / fit.dfResidual;
  return { ...fit.bread, data: fit.bread.data.map((value) => value * variance) };
}

function perfectFitWarning(fit: Scored): string[] {
  let explained = 0;
  let left = 0;
  for (let i = 0; i < fit.residuals.length; i++) {
    if (fit.weights?.[i] === 0) continue;
    explained += fit.fitted[i]! ** 2;
    left += fit.residuals[i]! ** 2;
  }
  return left <= 1e-24 * explained ? ['the model fits perfectly: its standard errors are rounding noise'] : [];
}

function clustered(fit: Scored, spec: Extract<CovarianceSpec, { kind: 'cluster' }>, checkpoint: () => void): Covariance {
  const k = fit.design.cols;
  const meatOf: ClusterMeat = (codes, groups) => {
    const sums = zeros(groups, k);
    eachScoreBlock(fit, checkpoint, (q, residuals) => {
      for (let j = 0; j < k; j++) {
        for (let i = 0; i < q.rows; i++) {
          const position = codes[q.start + i]! + j * groups;
          sums.data[position] = sums.data[position]! + q.columns[j]![i]! * residuals[i]!;
        }
      }
    });
    const meat = zeros(k, k);
    addGram(meat, columnsOf(sums));
    return congruence(fit.inverseTriangle, meat, checkpoint);
  };
  const { matrix, warnings } = clusterCovariance(meatOf, spec.clusters, fit.weights, spec.smallSample, fit.n, k);
  return { matrix, df: fewestGroups(spec.clusters, fit.weights) - 1, warnings };
}
