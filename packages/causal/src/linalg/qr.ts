import { addScaled, blockRows, dot, dots, four, spread } from './kernels.ts';
import { at, column, type Matrix, zeros } from './matrix.ts';

/**
 * Sums of squares below this are left out. Once a block has had as many reflections as it has rows, only rounding
 * noise is left of it, which shrinks with every further one until its square is denormal: then 1 / (norm · first)
 * overflows. The smallest normal number, 2^-1022, times 2^53: squares from here on keep all their digits, and the
 * reciprocal is a number. What is dropped is shorter than 2^-484.
 */
const NEGLIGIBLE = 2 ** -969;

/**
 * R of the Householder factorisation of diag(scale)·[columns], (k×k, upper triangular); Q is never formed.
 * Blocks of rows are folded into R one after the other (tall-skinny QR: Demmel, Grigori, Hoemmen & Langou 2012),
 * which is as stable as the plain factorisation and reads the data once.
 * @param checkpoint called once per column of each block
 */
export function triangleOf(columns: readonly Float64Array[], scale: Float64Array | undefined, checkpoint: () => void): Matrix {
  const n = columns[0]?.length ?? 0;
  const r = zeros(columns.length, columns.length);
  const length = blockRows(columns.length);
  const buffers = columns.map(() => new Float64Array(Math.min(length, n)));
  for (let start = 0; start < n; start += length) {
    const size = Math.min(length, n - start);
    const block = buffers.map((buffer, j) => {
      const view = buffer.subarray(0, size);
      view.set(columns[j]!.subarray(start, start + size));
      if (scale) for (let i = 0; i < size; i++) view[i] = view[i]! * scale[start + i]!;
      return view;
    });
    foldBlock(r, block, checkpoint);
  }
  return r;
}

/** [R; block] → [R; 0] by one reflection per column, acting on row j of R and on the block. */
function foldBlock(r: Matrix, block: readonly Float64Array[], checkpoint: () => void): void {
  const k = r.cols;
  const products = four();
  for (let j = 0; j < k; j++) {
    const v = block[j]!;
    const below = dot(v, v);
    if (below < NEGLIGIBLE) continue;
    checkpoint();
    const head = at(r, j, j);
    const norm = head > 0 ? -Math.sqrt(head * head + below) : Math.sqrt(head * head + below);
    const first = head - norm;
    const factor = 1 / (norm * first);
    r.data[j + j * k] = norm;
    const turn = (l: number, inner: number): number => {
      const position = j + l * k;
      const product = (first * r.data[position]! + inner) * factor;
      r.data[position] = r.data[position]! + product * first;
      return product;
    };
    let l = j + 1;
    for (; l + 3 < k; l += 4) {
      dots(v, block, l, products);
      for (let m = 0; m < 4; m++) products[m] = turn(l + m, products[m]!);
      spread(v, block, l, products);
    }
    for (; l < k; l++) addScaled(block[l]!, v, turn(l, dot(v, block[l]!)));
  }
}

export interface RankRevealed {
  /** Rank of the first `cols` columns. */
  readonly rank: number;
  /** Column order: the first `rank` are independent, the others depend on them. */
  readonly order: readonly number[];
  /** Upper triangular in the pivoted order (as many columns as given). */
  readonly triangle: Matrix;
}

/**
 * Rank by limited pivoting: a column whose part outside the span of those before it is below `tolerance`
 * of its own length goes to the end. So the user's order is kept and the later of two twins is the one named.
 * The first `cols` columns take part; any others (right-hand sides) are only carried along.
 */
export function revealRank(r: Matrix, cols: number, tolerance: number, checkpoint: () => void): RankRevealed {
  const columns = Array.from({ length: r.cols }, (_, j) => Float64Array.from(column(r, j)));
  const lengths = columns.map((values) => Math.sqrt(dot(values, values)));
  const order = Array.from({ length: cols }, (_, j) => j);
  const rightSides = Array.from({ length: r.cols - cols }, (_, j) => cols + j);
  let rank = 0;
  let candidates = cols;
  while (rank < candidates) {
    checkpoint();
    const j = order[rank]!;
    const rest = columns[j]!.subarray(rank);
    const length = Math.sqrt(dot(rest, rest));
    if (length <= tolerance * lengths[j]!) {
      order.splice(rank, 1);
      order.push(j);
      candidates--;
      continue;
    }
    // Until a column has been sent to the end, R is triangular already.
    if (Math.abs(rest[0]!) !== length) reflect(columns, [...order.slice(rank), ...rightSides], rank, length);
    rank++;
  }
  const triangle = zeros(r.rows, r.cols);
  [...order, ...rightSides].forEach((j, position) => {
    column(triangle, position).set(columns[j]!);
  });
  return { rank, order, triangle };
}

/** Reflects rows `row`… of all `targets` so that the first target keeps only its row `row`. */
function reflect(columns: readonly Float64Array[], targets: readonly number[], row: number, length: number): void {
  const pivot = columns[targets[0]!]!;
  const v = Float64Array.from(pivot.subarray(row));
  const norm = v[0]! > 0 ? -length : length;
  v[0] = v[0]! - norm;
  const factor = 2 / dot(v, v);
  for (const j of targets.slice(1)) {
    const target = columns[j]!.subarray(row);
    addScaled(target, v, -factor * dot(v, target));
  }
  pivot.fill(0, row);
  pivot[row] = norm;
}
