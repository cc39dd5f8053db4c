import type { CumulativeBucket } from './quantile.ts';

export type SeriesLabels = Readonly<Record<string, string | number>>;

/** A value of a histogram as the registry gives it. */
export interface HistogramValue {
  readonly labels: SeriesLabels;
  readonly value: number;
  readonly metricName?: string;
}

/** One label set of a histogram. */
export interface BucketGroup {
  /** Without `le`. */
  readonly labels: SeriesLabels;
  /** Ascending, the last one `le: Infinity`. */
  readonly buckets: readonly CumulativeBucket[];
  readonly sum: number;
}

/** Puts the values of a histogram together by their label sets. */
export function bucketGroups(name: string, values: readonly HistogramValue[]): readonly BucketGroup[] {
  const groups = new Map<string, { labels: SeriesLabels; buckets: CumulativeBucket[]; sum: number }>();
  for (const { labels, value, metricName } of values) {
    const { le, ...own } = labels;
    const key = JSON.stringify(own);
    const group = groups.get(key) ?? { labels: own, buckets: [], sum: 0 };
    groups.set(key, group);
    if (metricName === `${name}_bucket`)
      group.buckets.push({ le: le === '+Inf' ? Number.POSITIVE_INFINITY : Number(le), count: value });
    else if (metricName === `${name}_sum`) group.sum = value;
  }
  return [...groups.values()];
}
