import client, { Registry } from '@prometheus-io/client';
import type { Log } from '../log/log.ts';
import { CATALOGUE } from './catalogue.ts';
import type { AnySeries, CounterSeries, GaugeSeries, HistogramSeries, ServiceName } from './define.ts';
import { FASTIFY_SERIES } from './http.ts';
import { LabelBound } from './label-bound.ts';
import { createMetricGuard, type MetricGuard } from './metric-guard.ts';
import type { Metrics } from './metrics.ts';
import { OFF_INSTRUMENT } from './off-instrument.ts';
import { TrackedHistogram } from './tracked-histogram.ts';

export interface MetricsOptions<S extends ServiceName> {
  readonly service: S;
  /** `METRICS_ENABLED`. False costs nothing: no registry entries, instruments that return at once. */
  readonly enabled: boolean;
  /** Told once for each series of a metric that throws. */
  readonly logger?: Log;
}

/** The registry of a service with every series of its catalogue. Nothing is shared with other instances. */
export function createMetrics<S extends ServiceName>({ service, enabled, logger }: MetricsOptions<S>): Metrics<S> {
  const registry = new Registry();
  const problems = enabled
    ? counterOf('telemetry_problems_total', CATALOGUE[service].telemetry_problems_total, registry)
    : undefined;
  const guard = createMetricGuard(logger, (problem) => problems?.inc({ problem }));
  const made: Record<string, unknown> = {};
  for (const [name, series] of Object.entries<AnySeries>(CATALOGUE[service])) {
    if (name in FASTIFY_SERIES) continue;
    if (!enabled) made[name] = OFF_INSTRUMENT;
    else if (name === 'telemetry_problems_total') made[name] = boundCounter(name, series, problems!, guard);
    else made[name] = instrument(name, series, registry, guard);
  }
  return Object.freeze({ service, enabled, registry, series: Object.freeze(made) as Metrics<S>['series'], guard });
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
      guard.run(name, () => (typeof first === 'object' ? raw.inc(bound.apply(first), by) : raw.inc(first))),
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
    else for (const [each, value] of read) raw.set(bound.apply(each), value);
  };
  const update = (verb: 'set' | 'inc' | 'dec') => (first: Labels | number | undefined, value?: number) =>
    guard.run(name, () => (typeof first === 'object' ? raw[verb](bound.apply(first), value!) : raw[verb](first!)));
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
  return Object.freeze({ observe: raw.observe });
}
