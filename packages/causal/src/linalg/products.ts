import { combine, dot, dots, four } from './kernels.ts';
import { column, columnsOf, type Matrix, zeros } from './matrix.ts';

/** X' W X (k×k); W = diag(weights), the identity when absent. */
export function gram(x: Matrix, weights?: Float64Array): Matrix {
  const result = zeros(x.cols, x.cols);
  addGram(result, columnsOf(x), weights);
  return result;
}

/** into += columns' W columns, symmetric. */
export function addGram(into: Matrix, columns: readonly Float64Array[], weights?: Float64Array): void {
  const products = four();
  const add = (i: number, j: number, value: number) => {
    const sum = into.data[i + j * into.rows]! + value;
    into.data[i + j * into.rows] = sum;
    into.data[j + i * into.rows] = sum;
  };
  for (let j = 0; j < columns.length; j++) {
    const left = weights ? scaled(columns[j]!, weights) : columns[j]!;
    let l = 0;
    for (; l + 3 <= j; l += 4) {
      dots(left, columns, l, products);
      for (let m = 0; m < 4; m++) add(l + m, j, products[m]!);
    }
    for (; l <= j; l++) add(l, j, dot(left, columns[l]!));
  }
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
  const columns = columnsOf(a);
  for (let j = 0; j < b.cols; j++) combine(column(result, j), columns, column(b, j), a.cols);
  return result;
}

/** A v (length rows). @param checkpoint called every 16,384 rows */
export function multiplyVector(a: Matrix, v: Float64Array, checkpoint?: () => void): Float64Array {
  const result = new Float64Array(a.rows);
  const columns = columnsOf(a);
  for (let start = 0; start < a.rows; start += 16_384) {
    checkpoint?.();
    const end = Math.min(start + 16_384, a.rows);
    const part = columns.map((values) => values.subarray(start, end));
    combine(result.subarray(start, end), part, v, a.cols);
  }
  return result;
}

/** v' A v for a square A. */
export function quadraticForm(a: Matrix, v: Float64Array): number {
  return dot(v, multiplyVector(a, v));
}

/** The elementwise product. */
function scaled(a: Float64Array, b: Float64Array): Float64Array {
  const result = new Float64Array(a.length);
  for (let i = 0; i < a.length; i++) result[i] = a[i]! * b[i]!;
  return result;
}
