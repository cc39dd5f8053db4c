import type { Metric, MetricObject } from '@prometheus-io/client';
import type { Metrics } from './metrics.ts';

/** What the registry gives: the client's types hide one half of it in each place. */
export type Registered = MetricObject & Metric<string>;

/** Reads every series of the registry. One that cannot be read is left out and told: the others are as true as before. */
export async function readEach<T>({ registry, guard }: Metrics, read: (metric: Registered) => Promise<T>): Promise<T[]> {
  const found: T[] = [];
  for (const metric of registry.getMetricsAsArray() as Registered[]) {
    try {
      found.push(await read(metric));
    } catch (error) {
      guard.report(metric.name, 'metric_failed', 'could not be read', error);
    }
  }
  return found;
}
