import { column, type Matrix, zeros } from './matrix.ts';

/** Inner product. Four running sums, so that the additions do not wait for each other. */
export function dot(a: Float64Array, b: Float64Array): number {
  const n = a.length;
  let s0 = 0;
  let s1 = 0;
  let s2 = 0;
  let s3 = 0;
  let i = 0;
  for (; i + 3 < n; i += 4) {
    s0 += a[i]! * b[i]!;
    s1 += a[i + 1]! * b[i + 1]!;
    s2 += a[i + 2]! * b[i + 2]!;
    s3 += a[i + 3]! * b[i + 3]!;
  }
  for (; i < n; i++) s0 += a[i]! * b[i]!;
  return s0 + s1 + (s2 + s3);
}

/** y += factor * x, in place. */
export function addScaled(y: Float64Array, x: Float64Array, factor: number): void {
  for (let i = 0; i < y.length; i++) y[i] = y[i]! + factor * x[i]!;
}

/** X' W X (k×k); W = diag(weights), the identity when absent. */
export function gram(x: Matrix, weights?: Float64Array): Matrix {
  const result = zeros(x.cols, x.cols);
  for (let j = 0; j < x.cols; j++) {
    const left = weights ? scaled(column(x, j), weights) : column(x, j);
    for (let l = 0; l <= j; l++) {
      const value = dot(left, column(x, l));
      result.data[j + l * x.cols] = value;
      result.data[l + j * x.cols] = value;
    }
  }
  return result;
}

/** X' W y (length k). */
export function crossVector(x: Matrix, y: Float64Array, weights?: Float64Array): Float64Array {
  const right = weights ? scaled(y, weights) : y;
  return Float64Array.from({ length: x.cols }, (_, j) => dot(column(x, j), right));
}

/** A B. */
export function multiply(a: Matrix, b: Matrix): Matrix {
  if (a.cols !== b.rows) throw new RangeError(`cannot multiply ${a.rows}×${a.cols} by ${b.rows}×${b.cols}`);
  const result = zeros(a.rows, b.cols);
  for (let j = 0; j < b.cols; j++) column(result, j).set(multiplyVector(a, column(b, j)));
  return result;
}

/** A v (length rows). */
export function multiplyVector(a: Matrix, v: Float64Array): Float64Array {
  const result = new Float64Array(a.rows);
  for (let j = 0; j < a.cols; j++) {
    if (v[j] !== 0) addScaled(result, column(a, j), v[j]!);
  }
  return result;
}

/** v' A v for a square A. */
export function quadraticForm(a: Matrix, v: Float64Array): number {
  return dot(v, multiplyVector(a, v));
}

/** The elementwise product. */
export function scaled(a: Float64Array, b: Float64Array): Float64Array {
  const result = new Float64Array(a.length);
  for (let i = 0; i < a.length; i++) result[i] = a[i]! * b[i]!;
  return result;
}
