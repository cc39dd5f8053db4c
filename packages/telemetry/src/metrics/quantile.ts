/** Observations up to and including `le`. */
export interface CumulativeBucket {
  readonly le: number;
  readonly count: number;
}

/**
 * The q-quantile of a histogram, by linear interpolation inside its bucket as Prometheus' histogram_quantile does it,
 * but with the true extremes as the outer bounds, so that it never leaves the range of what was observed.
 * `buckets` ascend and end with `le: Infinity`.
 */
export function bucketQuantile(q: number, buckets: readonly CumulativeBucket[], min: number, max: number): number {
  const total = buckets.at(-1)?.count ?? 0;
  const rank = q * total;
  const index = buckets.findIndex((bucket) => bucket.count >= rank && bucket.count > 0);
  const bucket = buckets[index];
  if (bucket === undefined) return max;
  const below = buckets[index - 1];
  const low = Math.max(below?.le ?? min, min);
  const high = Math.min(bucket.le, max);
  const inside = bucket.count - (below?.count ?? 0);
  return low + (high - low) * Math.min(1, Math.max(0, (rank - (below?.count ?? 0)) / inside));
}
