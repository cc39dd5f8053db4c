import { blockRows, combine } from './kernels.ts';
import { column, type Matrix } from './matrix.ts';

/** A block of rows of Q: k columns of equal length, and the index of its first row. Reused after the visit. */
export interface OrthonormalBlock {
  readonly columns: readonly Float64Array[];
  readonly start: number;
  readonly rows: number;
}

/** Walks Q = diag(scale)·X·R^-1 in blocks of rows without ever holding all of it. */
export function eachOrthonormalBlock(
  x: Matrix,
  triangle: Matrix,
  scale: Float64Array | undefined,
  checkpoint: () => void,
  visit: (block: OrthonormalBlock) => void,
): void {
  const length = Math.min(blockRows(x.cols), x.rows);
  const buffers = Array.from({ length: x.cols }, () => new Float64Array(length));
  const steps = Array.from({ length: x.cols }, (_, j) => column(triangle, j).map((value) => -value));
  for (let start = 0; start < x.rows; start += length) {
    const rows = Math.min(length, x.rows - start);
    const columns = rows === length ? buffers : buffers.map((buffer) => buffer.subarray(0, rows));
    for (let j = 0; j < x.cols; j++) {
      checkpoint();
      const target = columns[j]!;
      target.set(column(x, j).subarray(start, start + rows));
      if (scale) for (let i = 0; i < rows; i++) target[i] = target[i]! * scale[start + i]!;
      combine(target, columns, steps[j]!, j);
      const pivot = -steps[j]![j]!;
      for (let i = 0; i < rows; i++) target[i] = target[i]! / pivot;
    }
    visit({ columns, start, rows });
  }
}

/** Σ_j q_ij² of each row of the block: its leverage. */
export function squaredLengths({ columns, rows }: OrthonormalBlock): Float64Array {
  const result = new Float64Array(rows);
  for (const values of columns) {
    for (let i = 0; i < rows; i++) result[i] = result[i]! + values[i]! * values[i]!;
  }
  return result;
}
