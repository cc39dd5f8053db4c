import { EstimationError } from '../types.ts';
import { at, type Matrix, zeros } from './matrix.ts';

/**
 * Lower triangular L with L L' = A, for a symmetric positive definite A (k×k).
 * @throws EstimationError when A is not positive definite
 */
function cholesky(a: Matrix): Matrix {
  const k = a.rows;
  const l = zeros(k, k);
  for (let j = 0; j < k; j++) {
    let pivot = at(a, j, j);
    for (let m = 0; m < j; m++) pivot -= at(l, j, m) ** 2;
    if (!(pivot > 1e-15 * Math.abs(at(a, j, j)))) throw new EstimationError('a matrix to be inverted is not positive definite');
    const root = Math.sqrt(pivot);
    l.data[j + j * k] = root;
    for (let i = j + 1; i < k; i++) {
      let sum = at(a, i, j);
      for (let m = 0; m < j; m++) sum -= at(l, i, m) * at(l, j, m);
      l.data[i + j * k] = sum / root;
    }
  }
  return l;
}

/** x with A x = b, for a symmetric positive definite A. */
export function choleskySolve(a: Matrix, b: Float64Array): Float64Array {
  return solveFactored(cholesky(a), b);
}

/** A^-1 for a symmetric positive definite A. */
export function choleskyInverse(a: Matrix): Matrix {
  const l = cholesky(a);
  const result = zeros(a.rows, a.rows);
  const unit = new Float64Array(a.rows);
  for (let j = 0; j < a.rows; j++) {
    unit.fill(0);
    unit[j] = 1;
    result.data.set(solveFactored(l, unit), j * a.rows);
  }
  return result;
}

function solveFactored(l: Matrix, b: Float64Array): Float64Array {
  const x = Float64Array.from(b);
  for (let i = 0; i < x.length; i++) {
    for (let m = 0; m < i; m++) x[i] = x[i]! - at(l, i, m) * x[m]!;
    x[i] = x[i]! / at(l, i, i);
  }
  for (let i = x.length - 1; i >= 0; i--) {
    for (let m = i + 1; m < x.length; m++) x[i] = x[i]! - at(l, m, i) * x[m]!;
    x[i] = x[i]! / at(l, i, i);
  }
  return x;
}
