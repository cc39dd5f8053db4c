import { fractile7 } from '../diagnostics/quantile.ts';

/** Rows cut into strata by quantiles of their score. */
export interface Strata {
  /** Ascending, one more than there are strata. */
  readonly edges: readonly number[];
  /** Stratum of each row, from 0. */
  readonly codes: Int32Array;
}

/**
 * Cuts at the type 7 quantiles k/parts of all scores; stratum k holds (edge k, edge k+1], the first one
 * its lower edge too. Quantiles that coincide are one edge, so fewer strata can come back than were asked for.
 */
export function quantileStrata(scores: Float64Array, parts: number): Strata {
  const sorted = scores.slice().sort();
  const edges: number[] = [sorted[0]!];
  for (let k = 1; k <= parts; k++) {
    const edge = fractile7(sorted, k, parts);
    if (edge > edges[edges.length - 1]!) edges.push(edge);
  }
  if (edges.length === 1) edges.push(edges[0]!);
  const codes = new Int32Array(scores.length);
  for (let i = 0; i < scores.length; i++) codes[i] = stratumOf(scores[i]!, edges);
  return Object.freeze({ edges, codes });
}

function stratumOf(score: number, edges: readonly number[]): number {
  let stratum = 0;
  while (stratum < edges.length - 2 && score > edges[stratum + 1]!) stratum++;
  return stratum;
}
