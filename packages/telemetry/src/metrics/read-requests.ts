import { type BucketGroup, bucketGroups, type HistogramValue } from './bucket-groups.ts';
import { KeptHistogram } from './kept-histogram.ts';
import type { LabelValues } from './label-sets.ts';
import type { Metrics } from './metrics.ts';

const NAME = 'http_server_request_duration_seconds';

/** Requests since the start with one method, route and status, by how long they took in seconds. */
export interface RequestCounts extends BucketGroup {
  readonly labels: Readonly<Record<'method' | 'route' | 'status', string>>;
  /** The longest, seconds. */
  readonly max: number;
}

/** `http_server_request_duration_seconds` as it is now; empty where metrics are off. */
export async function readRequests({ registry }: Metrics): Promise<readonly RequestCounts[]> {
  const metric: unknown = registry.getSingleMetric(NAME);
  if (!(metric instanceof KeptHistogram)) return [];
  const { values } = await metric.get();
  return bucketGroups(NAME, values as readonly HistogramValue[]).map(({ labels, buckets, sum }) => ({
    labels: { method: String(labels.method), route: String(labels.route), status: String(labels.status) },
    buckets,
    sum,
    max: metric.sets.find(labels as LabelValues)?.max ?? 0,
  }));
}
