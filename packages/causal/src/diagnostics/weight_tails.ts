import { quantile7 } from './quantile.ts';

/** How heavy the upper tail of positive weights is. */
export interface WeightTails {
  readonly max: number;
  readonly p99: number;
  /** Share of the total that the largest ⌈n/100⌉ weights hold. */
  readonly shareTop1Percent: number;
}

/** @param weights rows of weight zero (outside the group) are left out; null when none is left */
export function weightTails(weights: Float64Array): WeightTails | null {
  const sorted = weights.filter((weight) => weight > 0).sort();
  if (sorted.length === 0) return null;
  const top = sorted.length - Math.ceil(sorted.length / 100);
  let total = 0;
  let held = 0;
  for (let i = 0; i < sorted.length; i++) {
    total += sorted[i]!;
    if (i >= top) held += sorted[i]!;
  }
  return Object.freeze({ max: sorted[sorted.length - 1]!, p99: quantile7(sorted, 0.99), shareTop1Percent: held / total });
}
