import { at, columnsOf, type Matrix, zeros } from '../linalg/matrix.ts';
import { eachOrthonormalBlock, type OrthonormalBlock, squaredLengths } from '../linalg/orthonormal.ts';
import { addGram } from '../linalg/products.ts';
import { congruence } from '../linalg/triangle.ts';
import type { Codes } from '../types.ts';
import { EstimationError } from '../types.ts';
import { type ClusterMeat, clusterCovariance, fewestGroups, type SmallSample } from './cluster.ts';

export type RobustKind = 'HC0' | 'HC1' | 'HC2' | 'HC3' | 'HC4';

/** What is asked for. */
export type CovarianceSpec =
  | { readonly kind: 'classical' | RobustKind }
  | { readonly kind: 'cluster'; readonly clusters: readonly Codes[]; readonly smallSample: SmallSample };

/** What a covariance is computed from: a least-squares fit, or one whose residuals were replaced (2SLS). */
export interface Scored {
  readonly design: Matrix;
  readonly residuals: Float64Array;
  readonly weights?: Float64Array;
  readonly triangle: Matrix;
  readonly inverseTriangle: Matrix;
  readonly bread: Matrix;
  readonly n: number;
  readonly dfResidual: number;
}

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
 * @throws EstimationError without residual degrees of freedom, or where a leverage of one makes HC2–HC4 infinite
 */
export function covariance(fit: Scored, spec: CovarianceSpec, checkpoint: () => void): Covariance {
  if (fit.dfResidual < 1) throw new EstimationError('no residual degrees of freedom: as many columns as rows');
  if (spec.kind === 'cluster') return clustered(fit, spec, checkpoint);
  const matrix =
    spec.kind === 'classical'
      ? classical(fit)
      : congruence(fit.inverseTriangle, robustMeat(fit, spec.kind, checkpoint), checkpoint);
  return { matrix, df: fit.dfResidual, warnings: [] };
}

/** Square roots of the diagonal; NaN where a two-way clustered variance is negative. */
export function standardErrors(matrix: Matrix): Float64Array {
  return Float64Array.from({ length: matrix.rows }, (_, j) => Math.sqrt(at(matrix, j, j)));
}

/** The factor on e² that makes HC2–HC4 of HC0; h is the leverage of the row, mean k/n. */
export function residualFactor(kind: RobustKind, h: number, n: number, k: number): number {
  if (kind === 'HC0') return 1;
  if (kind === 'HC1') return n / (n - k);
  if (h > 1 - 1e-10) {
    throw new EstimationError(
      `${kind} does not exist: a row has leverage one (a column is non-zero for that row only); HC0 and HC1 do`,
    );
  }
  if (kind === 'HC2') return 1 / (1 - h);
  return (1 - h) ** -(kind === 'HC3' ? 2 : Math.min(4, (n * h) / k));
}

function classical(fit: Scored): Matrix {
  let rss = 0;
  for (let i = 0; i < fit.residuals.length; i++) rss += (fit.weights ? fit.weights[i]! : 1) * fit.residuals[i]! ** 2;
  const variance = rss / fit.dfResidual;
  return { ...fit.bread, data: fit.bread.data.map((value) => value * variance) };
}

function robustMeat(fit: Scored, kind: RobustKind, checkpoint: () => void): Matrix {
  const k = fit.design.cols;
  const meat = zeros(k, k);
  eachScoreBlock(fit, checkpoint, (q, residuals) => {
    const scores = squaredLengths(q).map((h, i) => residuals[i]! * Math.sqrt(residualFactor(kind, h, fit.n, k)));
    for (const values of q.columns) {
      for (let i = 0; i < values.length; i++) values[i] = values[i]! * scores[i]!;
    }
    addGram(meat, q.columns);
  });
  return meat;
}

/** Blocks of Q with the residuals times the square root of the weights: score_i = q_i · residual_i in Q's coordinates. */
export function eachScoreBlock(
  fit: Scored,
  checkpoint: () => void,
  visit: (q: OrthonormalBlock, residuals: Float64Array) => void,
): void {
  const scale = fit.weights?.map(Math.sqrt);
  const residuals = scale ? fit.residuals.map((value, i) => value * scale[i]!) : fit.residuals;
  eachOrthonormalBlock(fit.design, fit.triangle, scale, checkpoint, (q) => {
    visit(q, residuals.subarray(q.start, q.start + q.rows));
  });
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
