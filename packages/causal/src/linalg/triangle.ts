import { addScaled, combine, dot } from './kernels.ts';
import { column, columnsOf, type Matrix, zeros } from './matrix.ts';

/** x with R x = b, for upper triangular R (k×k). */
export function solveUpper(r: Matrix, b: Float64Array): Float64Array {
  const x = Float64Array.from(b);
  for (let j = r.rows - 1; j >= 0; j--) eliminate(x, column(r, j), j);
  return x;
}

/** R^-1 for upper triangular R. */
export function invertUpper(r: Matrix, checkpoint: () => void): Matrix {
  const result = zeros(r.rows, r.rows);
  for (let j = 0; j < r.rows; j++) {
    checkpoint();
    const x = column(result, j);
    x[j] = 1;
    for (let i = j; i >= 0; i--) eliminate(x, column(r, i), i);
  }
  return result;
}

/** U M U' for upper triangular U and symmetric M: the way back from orthonormal coordinates. */
export function congruence(u: Matrix, m: Matrix, checkpoint: () => void): Matrix {
  const k = u.rows;
  const half = zeros(k, k);
  const columns = columnsOf(u);
  for (let j = 0; j < k; j++) {
    checkpoint();
    combine(column(half, j), columns, column(m, j), k);
  }
  return timesTransposed(half, u, checkpoint);
}

/** U U' for upper triangular U: the inverse of X'X from R^-1. */
export function outerProduct(u: Matrix, checkpoint: () => void): Matrix {
  return timesTransposed(u, u, checkpoint);
}

/** U' a. */
export function multiplyTransposed(u: Matrix, a: Float64Array): Float64Array {
  return a.map((_, j) => dot(column(u, j), a));
}

/** A U' where the product is known to be symmetric; row j of U gives the factors of column j. */
function timesTransposed(a: Matrix, u: Matrix, checkpoint: () => void): Matrix {
  const k = u.rows;
  const result = zeros(k, k);
  const columns = columnsOf(a);
  const row = new Float64Array(k);
  for (let j = 0; j < k; j++) {
    checkpoint();
    for (let l = 0; l < k; l++) row[l] = u.data[j + l * k]!;
    combine(column(result, j).subarray(0, j + 1), columns, row, k);
  }
  for (let j = 0; j < k; j++) {
    for (let i = 0; i < j; i++) result.data[j + i * k] = result.data[i + j * k]!;
  }
  return result;
}

/** One step of back substitution. */
function eliminate(x: Float64Array, above: Float64Array, j: number): void {
  x[j] = x[j]! / above[j]!;
  if (x[j] !== 0) addScaled(x.subarray(0, j), above, -x[j]!);
}
