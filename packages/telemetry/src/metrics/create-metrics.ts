import type { Span } from '@opentelemetry/api';
import { type Clock, systemClock } from '@penstock/clock';
import client, { Registry } from '@prometheus-io/client';
import type { Log } from '../log/log.ts';
import { CATALOGUE } from './catalogue.ts';
import type { AnySeries, CounterSeries, GaugeSeries, HistogramSeries, ServiceName } from './define.ts';
import { HourlyStatistics } from './hourly.ts';
import { LabelBound } from './label-bound.ts';
import { createMetricGuard, type MetricGuard } from './metric-guard.ts';
import type { Metrics } from './metrics.ts';
import { OFF_INSTRUMENT } from './off-instrument.ts';
import { TrackedHistogram } from './tracked-histogram.ts';

export interface MetricsOptions<S extends ServiceName> {
  readonly service: S;
  /** `METRICS_ENABLED`. False costs nothing: no registry entries, instruments that return at once. */
  readonly enabled: boolean;
  /** Told of a metric that throws, at most once a minute for each series. */
  readonly logger?: Log;
  /** Default: the system's. */
  readonly clock?: Clock;
}

/** The registry of a service with every series of its catalogue. Nothing is shared with other instances. */
export function createMetrics<S extends ServiceName>({
  service,
  enabled,
  logger,
  clock = systemClock,
}: MetricsOptions<S>): Metrics<S> {
  // The client takes exemplars only here; how it is written is decided for each reader.
  const registry = new Registry(Registry.OPENMETRICS_CONTENT_TYPE);
  const problems = enabled
    ? counterOf('telemetry_problems_total', CATALOGUE[service].telemetry_problems_total, registry)
    : undefined;
  const guard = createMetricGuard(clock, logger, (problem) => problems?.inc({ problem }));
  const made: Record<string, unknown> = {};
  for (const [name, series] of Object.entries<AnySeries>(CATALOGUE[service])) {
    if (!enabled) made[name] = OFF_INSTRUMENT;
    else if (name === 'telemetry_problems_total') made[name] = boundCounter(name, series, problems!, guard);
    else made[name] = instrument(name, series, registry, guard);
  }
  const series = Object.freeze(made) as Metrics<S>['series'];
  return Object.freeze({ service, enabled, registry, series, hours: new HourlyStatistics(clock), guard });
}

function instrument(name: string, series: AnySeries, registry: Registry, guard: MetricGuard): unknown {
  switch (series.type) {
    case 'counter':
      return boundCounter(name, series, counterOf(name, series, registry), guard);
    case 'gauge':
      return boundGauge(name, series, registry, guard);
    case 'histogram':
      return boundHistogram(name, series, registry, guard);
  }
}

type Labels = Readonly<Record<string, string>>;

const counterOf = (name: string, { help, labels }: CounterSeries, registry: Registry): client.Counter<string> =>
  new client.Counter({ name, help, labelNames: [...labels], registers: [registry] });

function boundCounter(name: string, { labels }: AnySeries, raw: client.Counter<string>, guard: MetricGuard): unknown {
  const bound = new LabelBound(name, labels, guard);
  return Object.freeze({
    inc: (first?: Labels | number, by?: number): void =>
      guard.run(name, () => (typeof first === 'object' ? raw.inc(bound.apply(first).labels, by) : raw.inc(first))),
  });
}

function boundGauge(name: string, { help, labels }: GaugeSeries, registry: Registry, guard: MetricGuard): unknown {
  const bound = new LabelBound(name, labels, guard);
  const readers: (() => number | Iterable<readonly [Labels, number]>)[] = [];
  const raw: client.Gauge<string> = new client.Gauge({
    name,
    help,
    labelNames: [...labels],
    registers: [registry],
    collect: () => {
      for (const read of readers) guard.run(name, () => apply(read()));
    },
  });
  const apply = (read: number | Iterable<readonly [Labels, number]>): void => {
    if (typeof read === 'number') raw.set(read);
    else for (const [each, value] of read) raw.set(bound.apply(each).labels, value);
  };
  const update = (verb: 'set' | 'inc' | 'dec') => (first: Labels | number | undefined, value?: number) =>
    guard.run(name, () => (typeof first === 'object' ? raw[verb](bound.apply(first).labels, value!) : raw[verb](first!)));
  return Object.freeze({
    set: update('set'),
    inc: update('inc'),
    dec: update('dec'),
    readWith: (read: (typeof readers)[number]): void => void readers.push(read),
  });
}

function boundHistogram(
  name: string,
  { help, labels, buckets }: HistogramSeries,
  registry: Registry,
  guard: MetricGuard,
): unknown {
  const raw = new TrackedHistogram({ name, help, labelNames: [...labels], buckets: [...buckets], registers: [registry] }, guard);
  const observe = (first: Labels | number, ...rest: readonly unknown[]): void => {
    if (typeof first === 'number') raw.record({}, first, rest[0] as Span | undefined);
    else raw.record(first, rest[0] as number, rest[1] as Span | undefined);
  };
  return Object.freeze({ observe });
}
