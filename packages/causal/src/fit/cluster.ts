import { at, type Matrix, zeros } from '../linalg/matrix.ts';
import { type Codes, EstimationError } from '../types.ts';

export type SmallSample = 'none' | 'groups' | 'full';

/** The uncorrected covariance when rows with equal codes (0 … groups−1) form one cluster. */
export type ClusterMeat = (codes: Int32Array, groups: number) => Matrix;

/**
 * One-way: V(a). Two-way: V(a) + V(b) − V(a∩b) (Cameron, Gelbach & Miller 2011, eq. 2.11), where every term has
 * the correction of its own number of groups G:
 * 'none' 1; 'groups' G/(G−1); 'full' G/(G−1) · (n−1)/(n−k).
 * A negative variance that the difference leaves is kept and warned of: its standard error does not exist.
 * @throws EstimationError with fewer than two groups
 */
export function clusterCovariance(
  meatOf: ClusterMeat,
  clusters: readonly Codes[],
  weights: Float64Array | undefined,
  smallSample: SmallSample,
  n: number,
  k: number,
): { matrix: Matrix; warnings: readonly string[] } {
  const term = (codes: Int32Array, levels: number): Matrix => {
    const used = usedGroups(codes, levels, weights);
    const matrix = meatOf(codes, levels);
    const factor = correction(smallSample, used, n, k);
    return { ...matrix, data: matrix.data.map((value) => value * factor) };
  };
  const [first, second, third] = clusters;
  if (!first) throw new EstimationError('a clustered covariance needs a cluster column');
  if (third) throw new EstimationError('at most two cluster columns are supported');
  for (const cluster of clusters) {
    if (usedGroups(cluster.codes, cluster.levels.length, weights) < 2) {
      throw new EstimationError(`'${cluster.name}' has a single cluster; at least two are needed`);
    }
  }
  const one = term(first.codes, first.levels.length);
  if (!second) return { matrix: one, warnings: [] };
  const two = term(second.codes, second.levels.length);
  const both = intersect(first, second);
  const overlap = term(both.codes, both.levels);
  const matrix = zeros(one.rows, one.cols);
  for (let i = 0; i < matrix.data.length; i++) matrix.data[i] = one.data[i]! + two.data[i]! - overlap.data[i]!;
  return { matrix, warnings: negativeDiagonal(matrix) };
}

/** The fewest groups among the cluster variables: what the t distribution's degrees of freedom come from. */
export function fewestGroups(clusters: readonly Codes[], weights?: Float64Array): number {
  return Math.min(...clusters.map(({ codes, levels }) => usedGroups(codes, levels.length, weights)));
}

function correction(smallSample: SmallSample, groups: number, n: number, k: number): number {
  if (smallSample === 'none') return 1;
  const small = groups / (groups - 1);
  return smallSample === 'groups' ? small : (small * (n - 1)) / (n - k);
}

function usedGroups(codes: Int32Array, levels: number, weights?: Float64Array): number {
  const seen = new Uint8Array(levels);
  let count = 0;
  for (let i = 0; i < codes.length; i++) {
    if (weights?.[i] === 0 || seen[codes[i]!]) continue;
    seen[codes[i]!] = 1;
    count++;
  }
  return count;
}

/** One group for each pair that occurs. */
function intersect(a: Codes, b: Codes): { codes: Int32Array; levels: number } {
  const ids = new Map<number, number>();
  const codes = a.codes.map((code, i) => {
    const key = code * b.levels.length + b.codes[i]!;
    const id = ids.get(key) ?? ids.size;
    ids.set(key, id);
    return id;
  });
  return { codes, levels: ids.size };
}

function negativeDiagonal(matrix: Matrix): string[] {
  for (let j = 0; j < matrix.rows; j++) {
    if (at(matrix, j, j) < 0) {
      return ['the two-way clustered covariance is not positive: some standard errors cannot be had'];
    }
  }
  return [];
}
