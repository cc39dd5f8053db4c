import { column, type Matrix, zeros } from '../linalg/matrix.ts';
import { eachOrthonormalBlock, squaredLengths } from '../linalg/orthonormal.ts';
import { multiplyVector } from '../linalg/products.ts';
import { revealRank, triangleOf } from '../linalg/qr.ts';
import { invertUpper, outerProduct, solveUpper } from '../linalg/triangle.ts';
import { EstimationError } from '../types.ts';
import { collinearError } from './collinear.ts';

/** A column counts as dependent when less than this share of its length lies outside the others' span. */
const RANK_TOLERANCE = 1e-9;

export interface LeastSquaresFit {
  readonly names: readonly string[];
  readonly design: Matrix;
  /** Length k, in the order of `names`. */
  readonly coefficients: Float64Array;
  /** y − fitted, length n, not multiplied by weights. */
  readonly residuals: Float64Array;
  readonly fitted: Float64Array;
  /** (X'WX)^-1, k×k. */
  readonly bread: Matrix;
  /** R of the QR factorisation of W^(1/2) X, k×k upper triangular. */
  readonly triangle: Matrix;
  readonly inverseTriangle: Matrix;
  readonly weights?: Float64Array;
  /** Σ w e². */
  readonly rss: number;
  /** Rows with a positive weight. */
  readonly n: number;
  /** n − k. */
  readonly dfResidual: number;
  /** Diagonal of W^(1/2) X (X'WX)^-1 X' W^(1/2), length n. */
  leverage(checkpoint?: () => void): Float64Array;
}

/**
 * Least squares by Householder QR, weighted when weights (≥ 0, one per row) are given.
 * Rows of weight zero count neither in n nor in the degrees of freedom.
 * @throws EstimationError with more columns than rows, or naming the collinear columns
 */
export function leastSquares(
  design: Matrix,
  names: readonly string[],
  y: Float64Array,
  weights?: Float64Array,
  checkpoint: () => void = noCheckpoint,
): LeastSquaresFit {
  const k = design.cols;
  const n = weights ? countPositive(weights) : design.rows;
  if (k > n) throw new EstimationError(`more columns (${k}, the constant included) than rows (${n})`);
  const scale = weights?.map(Math.sqrt);
  const columns = Array.from({ length: k }, (_, j) => column(design, j));
  const reduced = triangleOf([...columns, y], scale, checkpoint);
  requireFinite(reduced, [...names, 'the outcome']);
  const revealed = revealRank(reduced, k, RANK_TOLERANCE, checkpoint);
  if (revealed.rank < k) throw collinearError(revealed, names);

  const triangle = zeros(k, k);
  for (let j = 0; j < k; j++) column(triangle, j).set(column(revealed.triangle, j).subarray(0, k));
  const coefficients = solveUpper(triangle, column(revealed.triangle, k).subarray(0, k));
  const fitted = multiplyVector(design, coefficients, checkpoint);
  const residuals = y.map((value, i) => value - fitted[i]!);
  let rss = 0;
  for (let i = 0; i < residuals.length; i++) rss += (weights ? weights[i]! : 1) * residuals[i]! ** 2;
  const inverseTriangle = invertUpper(triangle, checkpoint);
  return Object.freeze({
    names,
    design,
    coefficients,
    residuals,
    fitted,
    bread: outerProduct(inverseTriangle, checkpoint),
    triangle,
    inverseTriangle,
    ...(weights ? { weights } : {}),
    rss,
    n,
    dfResidual: n - k,
    leverage: (check: () => void = noCheckpoint) => leverageOf(design, triangle, scale, check),
  });
}

/** X β for new rows. */
export function predict(fit: LeastSquaresFit, design: Matrix): Float64Array {
  return multiplyVector(design, fit.coefficients);
}

/** Above 1e154 a square is no longer a number of 64 bits. */
function requireFinite(triangle: Matrix, names: readonly string[]): void {
  const tooLarge = names.filter((_, j) => !column(triangle, j).every(Number.isFinite));
  if (tooLarge.length > 0) throw new EstimationError(`values too large to be squared, at the first in '${tooLarge[0]}'`);
}

function leverageOf(design: Matrix, triangle: Matrix, scale: Float64Array | undefined, checkpoint: () => void): Float64Array {
  const result = new Float64Array(design.rows);
  eachOrthonormalBlock(design, triangle, scale, checkpoint, (block) => {
    result.set(squaredLengths(block), block.start);
  });
  return result;
}

function countPositive(weights: Float64Array): number {
  let count = 0;
  for (const weight of weights) {
    if (!(weight >= 0)) throw new EstimationError(`weights must not be negative; one is ${weight}`);
    if (weight > 0) count++;
  }
  return count;
}

function noCheckpoint(): void {
  // A caller without a request to give up has nothing to ask.
}
