import { at, column, type Matrix, zeros } from './matrix.ts';
import { addScaled } from './products.ts';

const BLOCK_ROWS = 256;

/**
 * Walks Q = diag(scale)·X·R^-1 in blocks of rows without ever holding all of it.
 * @param visit is given a block (size×k) and the index of its first row; the block is reused afterwards
 */
export function eachOrthonormalBlock(
  x: Matrix,
  triangle: Matrix,
  scale: Float64Array | undefined,
  checkpoint: () => void,
  visit: (block: Matrix, start: number) => void,
): void {
  const full = zeros(Math.min(BLOCK_ROWS, x.rows), x.cols);
  for (let start = 0; start < x.rows; start += BLOCK_ROWS) {
    const size = Math.min(BLOCK_ROWS, x.rows - start);
    const block = size === full.rows ? full : zeros(size, x.cols);
    for (let j = 0; j < x.cols; j++) {
      checkpoint();
      const target = column(block, j);
      target.set(column(x, j).subarray(start, start + size));
      if (scale) for (let i = 0; i < size; i++) target[i] = target[i]! * scale[start + i]!;
      for (let l = 0; l < j; l++) {
        const factor = at(triangle, l, j);
        if (factor !== 0) addScaled(target, column(block, l), -factor);
      }
      const pivot = at(triangle, j, j);
      for (let i = 0; i < size; i++) target[i] = target[i]! / pivot;
    }
    visit(block, start);
  }
}
