import { at, type Matrix, zeros } from './matrix.ts';

/** x with R x = b, for upper triangular R (k×k). */
export function solveUpper(r: Matrix, b: Float64Array): Float64Array {
  const x = Float64Array.from(b);
  for (let i = r.rows - 1; i >= 0; i--) {
    for (let m = i + 1; m < r.rows; m++) x[i] = x[i]! - at(r, i, m) * x[m]!;
    x[i] = x[i]! / at(r, i, i);
  }
  return x;
}

/** R^-1 for upper triangular R. */
export function invertUpper(r: Matrix): Matrix {
  const result = zeros(r.rows, r.rows);
  const unit = new Float64Array(r.rows);
  for (let j = 0; j < r.rows; j++) {
    unit.fill(0);
    unit[j] = 1;
    result.data.set(solveUpper(r, unit), j * r.rows);
  }
  return result;
}

/** U M U' for upper triangular U: the way back from orthonormal coordinates. Symmetric by construction. */
export function congruence(u: Matrix, m: Matrix): Matrix {
  const k = u.rows;
  const half = zeros(k, k);
  for (let j = 0; j < k; j++) {
    for (let i = 0; i < k; i++) {
      let sum = 0;
      for (let l = i; l < k; l++) sum += at(u, i, l) * at(m, l, j);
      half.data[i + j * k] = sum;
    }
  }
  const result = zeros(k, k);
  for (let i = 0; i < k; i++) {
    for (let j = 0; j <= i; j++) {
      let sum = 0;
      for (let l = j; l < k; l++) sum += at(half, i, l) * at(u, j, l);
      result.data[i + j * k] = sum;
      result.data[j + i * k] = sum;
    }
  }
  return result;
}
