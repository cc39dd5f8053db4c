import type { Registry } from '@prometheus-io/client';
import type { Catalogue } from './catalogue.ts';
import type { ServiceName } from './define.ts';
import type { HourlyStatistics } from './hourly.ts';
import type { Instruments } from './instruments.ts';
import type { MetricGuard } from './metric-guard.ts';

/** The metrics of one service: `metrics.series.inflight_requests.inc()`. */
export interface Metrics<S extends ServiceName = ServiceName> {
  readonly service: S;
  /** False: every instrument does nothing and the registry is empty. */
  readonly enabled: boolean;
  readonly registry: Registry;
  readonly series: Instruments<Catalogue[S]>;
  /** What became of the requests of the last 24 hours. */
  readonly hours: HourlyStatistics;
  /** What catches a metric that throws. */
  readonly guard: MetricGuard;
}
