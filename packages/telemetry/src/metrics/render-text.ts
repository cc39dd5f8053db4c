import { type Metric, Registry } from '@prometheus-io/client';
import { isOpenMetricsPreferred } from './accept.ts';
import type { Metrics } from './metrics.ts';
import { type Registered, readEach } from './read-each.ts';

export interface RenderedMetrics {
  readonly contentType: string;
  readonly body: string;
}

/**
 * The Prometheus text format, or OpenMetrics with exemplars for who prefers it.
 * @param accept header of the request
 */
export async function renderText(metrics: Metrics, accept?: string): Promise<RenderedMetrics> {
  return isOpenMetricsPreferred(accept) ? renderOpenMetrics(metrics) : renderPrometheus(metrics);
}

async function renderPrometheus(metrics: Metrics): Promise<RenderedMetrics> {
  const writer = new Registry(Registry.PROMETHEUS_CONTENT_TYPE);
  const parts = await readEach(metrics, (metric) => writer.getMetricsAsString(metric));
  return { contentType: writer.contentType, body: `${parts.join('\n\n')}\n` };
}

async function renderOpenMetrics(metrics: Metrics): Promise<RenderedMetrics> {
  const writer = new Registry(Registry.OPENMETRICS_CONTENT_TYPE);
  const parts = await readEach(metrics, (metric) => writer.getMetricsAsString(familyOf(metric)));
  return { contentType: writer.contentType, body: `${[...parts, '# EOF'].join('\n')}\n` };
}

// In OpenMetrics `_total` belongs to a counter's samples and not to its family. The client leaves it out by renaming the
// counter itself, for the other format too.
function familyOf(metric: Registered): Metric<string> {
  if (String(metric.type) !== 'counter') return metric;
  const get = async () => {
    const found = await metric.get();
    return { ...found, name: found.name.replace(/_total$/, '') };
  };
  return { get } as Metric<string>;
}
