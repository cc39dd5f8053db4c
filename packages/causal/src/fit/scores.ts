import type { Matrix } from '../linalg/matrix.ts';
import { eachOrthonormalBlock, type OrthonormalBlock } from '../linalg/orthonormal.ts';

/** What a covariance is computed from: a least-squares fit, or one whose residuals were replaced (2SLS). */
export interface Scored {
  readonly design: Matrix;
  readonly residuals: Float64Array;
  readonly fitted: Float64Array;
  readonly weights?: Float64Array;
  readonly triangle: Matrix;
  readonly inverseTriangle: Matrix;
  readonly bread: Matrix;
  readonly n: number;
  readonly dfResidual: number;
}

/** Blocks of Q with the residuals times the square root of the weights: in Q's coordinates score_i = q_i · residual_i. */
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

/** Σ w e². */
export function weightedRss(fit: Pick<Scored, 'residuals' | 'weights'>): number {
  let sum = 0;
  for (let i = 0; i < fit.residuals.length; i++) sum += (fit.weights ? fit.weights[i]! : 1) * fit.residuals[i]! ** 2;
  return sum;
}
