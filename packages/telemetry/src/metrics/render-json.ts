import { bucketGroups, type HistogramValue, type SeriesLabels } from './bucket-groups.ts';
import type { HourSummary } from './hourly.ts';
import { KeptHistogram } from './kept-histogram.ts';
import type { LabelValues } from './label-sets.ts';
import type { Metrics } from './metrics.ts';
import { bucketQuantile } from './quantile.ts';
import { readEach } from './read-each.ts';

interface Value {
  readonly labels: SeriesLabels;
  readonly value: number;
}

/** One label set of a histogram, in the unit of its name. */
export interface HistogramSummary {
  readonly labels: SeriesLabels;
  readonly count: number;
  readonly sum: number;
  readonly avg: number;
  /** The true smallest and largest values since the start. */
  readonly min: number;
  readonly max: number;
  /** Estimated from the buckets, inside the true extremes. */
  readonly p50: number;
  readonly p95: number;
  readonly p99: number;
}

export interface MetricsJson {
  readonly service: string;
  readonly enabled: boolean;
  readonly percentiles: 'interpolated inside histogram buckets, bounded by min and max';
  readonly counters: Readonly<Record<string, readonly Value[]>>;
  readonly gauges: Readonly<Record<string, readonly Value[]>>;
  readonly histograms: Readonly<Record<string, readonly HistogramSummary[]>>;
  /** Of the last 24 hours, oldest first. */
  readonly hourly: readonly HourSummary[];
}

/** The body of /api/metrics?format=json. */
export async function renderJson(metrics: Metrics): Promise<MetricsJson> {
  const { service, enabled, hours } = metrics;
  const counters: Record<string, readonly Value[]> = {};
  const gauges: Record<string, readonly Value[]> = {};
  const histograms: Record<string, readonly HistogramSummary[]> = {};
  await readEach(metrics, async (metric) => {
    const { name, type, values } = await metric.get();
    const kept: unknown = metric;
    if (kept instanceof KeptHistogram) histograms[name] = summaries(name, values as readonly HistogramValue[], kept);
    else (String(type) === 'counter' ? counters : gauges)[name] = (values as readonly Value[]).map(sampleOf);
  });
  const percentiles = 'interpolated inside histogram buckets, bounded by min and max';
  return { service, enabled, percentiles, counters, gauges, histograms, hourly: hours.summaries() };
}

const sampleOf = ({ labels, value }: Value): Value => ({ labels, value });

function summaries(name: string, values: readonly HistogramValue[], histogram: KeptHistogram): HistogramSummary[] {
  return bucketGroups(name, values).flatMap(({ labels, buckets, sum }) => {
    const kept = histogram.sets.find(labels as LabelValues);
    const count = buckets.at(-1)!.count;
    // No observation: there is nothing to summarise, and a row of zeros would say otherwise.
    if (kept === undefined || count === 0) return [];
    const { min, max } = kept;
    const quantile = (q: number): number => bucketQuantile(q, buckets, min, max);
    return [{ labels, count, sum, avg: sum / count, min, max, p50: quantile(0.5), p95: quantile(0.95), p99: quantile(0.99) }];
  });
}
