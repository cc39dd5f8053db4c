import { at, type Matrix } from '../linalg/matrix.ts';
import type { RankRevealed } from '../linalg/qr.ts';
import { solveUpper } from '../linalg/triangle.ts';
import { EstimationError } from '../types.ts';

/** The error that names every dependent column and the columns it is made of. */
export function collinearError(revealed: RankRevealed, names: readonly string[]): EstimationError {
  const { rank, order, triangle } = revealed;
  const parts = order.slice(rank).map((dependent, offset) => {
    const made = ingredients(triangle, rank, rank + offset).map((position) => quote(names[order[position]!]));
    return made.length === 0
      ? `${quote(names[dependent])} is zero in every row used`
      : `${quote(names[dependent])} is a linear combination of ${made.join(', ')}`;
  });
  return new EstimationError(`collinear columns: ${parts.join('; ')}`);
}

/** Positions among the independent columns that carry a share of the dependent one. */
function ingredients(triangle: Matrix, rank: number, position: number): number[] {
  const square = { rows: rank, cols: rank, data: new Float64Array(rank * rank) };
  for (let j = 0; j < rank; j++) {
    for (let i = 0; i <= j; i++) square.data[i + j * rank] = at(triangle, i, j);
  }
  const right = Float64Array.from({ length: rank }, (_, i) => at(triangle, i, position));
  const shares = solveUpper(square, right);
  const sizes = Array.from(shares, (share, j) => {
    let length = 0;
    for (let i = 0; i <= j; i++) length = Math.hypot(length, at(triangle, i, j));
    return Math.abs(share) * length;
  });
  const largest = Math.max(0, ...sizes);
  return sizes.flatMap((size, j) => (size > 1e-6 * largest && size > 0 ? [j] : []));
}

function quote(name: string | undefined): string {
  return `'${name}'`;
}
