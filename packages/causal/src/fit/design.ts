import { column, type Matrix, zeros } from '../linalg/matrix.ts';
import type { Column } from '../types.ts';

const INTERCEPT = '(Intercept)';

interface Design {
  readonly names: readonly string[];
  readonly matrix: Matrix;
}

/** A constant, then the given columns in order. */
export function designOf(n: number, columns: readonly Column[], checkpoint?: () => void): Design {
  const matrix = zeros(n, columns.length + 1);
  column(matrix, 0).fill(1);
  columns.forEach(({ values }, j) => {
    checkpoint?.();
    column(matrix, j + 1).set(values);
  });
  return { names: [INTERCEPT, ...columns.map(({ name }) => name)], matrix };
}

/** The elementwise product of two columns, named 'a:b'. */
export function interaction(a: Column, b: Column): Column {
  return { name: `${a.name}:${b.name}`, values: a.values.map((value, i) => value * b.values[i]!) };
}

/** Σ w v / Σ w; the plain mean without weights. */
export function weightedMean(values: Float64Array, weights?: Float64Array): number {
  let sum = 0;
  let total = 0;
  for (let i = 0; i < values.length; i++) {
    const weight = weights ? weights[i]! : 1;
    sum += weight * values[i]!;
    total += weight;
  }
  return sum / total;
}
