import type { HistogramConfiguration } from '@prometheus-io/client';
import client, { Registry } from '@prometheus-io/client';
import { FASTIFY_SERIES } from './http.ts';
import type { Metrics } from './metrics.ts';
import { TrackedHistogram } from './tracked-histogram.ts';

const NAME = 'http_server_request_duration_seconds';

/**
 * Options for fastify-metrics 14: it measures `http_server_request_duration_seconds` on the registry of `metrics`, and
 * nothing else. Its own /metrics route stays off (`renderText` answers there) and so does its summary, which it
 * registers even so: it is sent to a registry that nobody reads. HEAD and OPTIONS count like any other method, and
 * a request that meets no route counts under `unmatched`.
 */
export function fastifyMetricsOptions(metrics: Metrics) {
  const { help, buckets } = FASTIFY_SERIES[NAME];
  const { guard, registry } = metrics;
  class GuardedHistogram extends TrackedHistogram {
    constructor(configuration: HistogramConfiguration<string>) {
      super(configuration, guard);
    }
  }
  return {
    name: 'fastifyMetrics',
    endpoint: null,
    clearRegisterOnInit: false,
    promClient: { ...client, Histogram: GuardedHistogram as unknown as typeof client.Histogram },
    defaultMetrics: { enabled: false },
    routeMetrics: {
      enabled: { histogram: true, summary: false },
      registeredRoutesOnly: false,
      invalidRouteGroup: 'unmatched',
      methodBlacklist: [],
      overrides: {
        labels: { method: 'method', route: 'route', status: 'status' },
        histogram: { name: NAME, help, buckets: [...buckets], registers: [registry] },
        summary: { registers: [new Registry()] },
      },
    },
  };
}
