import type { Span } from '@opentelemetry/api';
import { type Clock, systemClock } from '@penstock/clock';
import { type Metric, Registry } from '@prometheus-io/client';
import type { Log } from '../log/log.ts';
import { CATALOGUE } from './catalogue.ts';
import type { AnySeries, HistogramSeries, ServiceName } from './define.ts';
import { HourlyStatistics } from './hourly.ts';
import { KeptHistogram } from './kept-histogram.ts';
import { KeptValues } from './kept-values.ts';
import { boundTo, type LabelValues } from './label-sets.ts';
import { createMetricGuard, type MetricGuard } from './metric-guard.ts';
import type { Metrics } from './metrics.ts';
import { OFF_INSTRUMENT } from './off-instrument.ts';

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
  // How it is written is decided for each reader.
  const registry = new Registry(Registry.OPENMETRICS_CONTENT_TYPE);
  const made: Record<string, unknown> = {};
  let problems: KeptValues | undefined;
  const guard = createMetricGuard(clock, logger, (problem) => {
    if (problems !== undefined) problems.sets.of({ problem }).value++;
  });
  for (const [name, series] of Object.entries<AnySeries>(CATALOGUE[service])) {
    if (!enabled) {
      made[name] = OFF_INSTRUMENT;
      continue;
    }
    const { metric, instrument } = instrumentOf(name, series, guard);
    // The client's types know its own instruments only; its registry asks for no more than these have.
    registry.registerMetric(metric as unknown as Metric<string>);
    made[name] = instrument;
    if (name === 'telemetry_problems_total') problems = metric as KeptValues;
  }
  const series = Object.freeze(made) as Metrics<S>['series'];
  return Object.freeze({ service, enabled, registry, series, hours: new HourlyStatistics(clock), guard });
}

interface Made {
  readonly metric: KeptValues | KeptHistogram;
  readonly instrument: unknown;
}

function instrumentOf(name: string, series: AnySeries, guard: MetricGuard): Made {
  switch (series.type) {
    case 'counter':
      return counter(new KeptValues(name, series, guard), guard);
    case 'gauge':
      return gauge(name, series, guard);
    case 'histogram':
      return histogram(name, series, guard);
  }
}

const NONE: LabelValues = Object.freeze({});

function counter(metric: KeptValues, guard: MetricGuard): Made {
  const { name } = metric;
  const inc = (first?: LabelValues | number, by?: number): void => {
    try {
      const labelled = typeof first === 'object';
      const added = (labelled ? by : first) ?? 1;
      checkGrowth(added);
      metric.sets.of(labelled ? first : NONE).value += added;
    } catch (error) {
      guard.failed(name, error);
    }
  };
  const of = (labels: LabelValues) => {
    const kept = boundTo(metric, labels);
    const incOne = (by = 1): void => {
      try {
        checkGrowth(by);
        kept().value += by;
      } catch (error) {
        guard.failed(name, error);
      }
    };
    return Object.freeze({ inc: incOne });
  };
  return { metric, instrument: Object.freeze({ inc, of }) };
}

function checkGrowth(by: number): void {
  if (!(by >= 0 && by < Number.POSITIVE_INFINITY)) throw new RangeError(`a counter only grows, not by ${by}`);
}

type Reader = () => number | Iterable<readonly [LabelValues, number]>;

function gauge(name: string, series: AnySeries, guard: MetricGuard): Made {
  const readers: Reader[] = [];
  const set = (labels: LabelValues, value: number): void => {
    checkNumber(value);
    metric.sets.of(labels).value = value;
  };
  const readAll = (): void => {
    for (const reader of readers) {
      try {
        const read = reader();
        if (typeof read === 'number') set(NONE, read);
        else for (const [labels, value] of read) set(labels, value);
      } catch (error) {
        guard.failed(name, error);
      }
    }
  };
  const metric = new KeptValues(name, series, guard, readAll);
  const update =
    (apply: (labels: LabelValues, given: number | undefined) => void) => (first?: LabelValues | number, second?: number) => {
      try {
        if (typeof first === 'object') apply(first, second);
        else apply(NONE, first);
      } catch (error) {
        guard.failed(name, error);
      }
    };
  const of = (labels: LabelValues) => {
    const kept = boundTo(metric, labels);
    const setOne = (value: number): void => {
      try {
        checkNumber(value);
        kept().value = value;
      } catch (error) {
        guard.failed(name, error);
      }
    };
    return Object.freeze({ set: setOne });
  };
  const add = (labels: LabelValues, by: number): void => set(labels, metric.sets.of(labels).value + by);
  const instrument = Object.freeze({
    set: update((labels, value) => set(labels, value!)),
    inc: update((labels, by = 1) => add(labels, by)),
    dec: update((labels, by = 1) => add(labels, -by)),
    readWith: (reader: Reader): void => void readers.push(reader),
    of,
  });
  return { metric, instrument };
}

function checkNumber(value: unknown): void {
  if (typeof value !== 'number') throw new TypeError(`a gauge takes numbers, not ${String(value)}`);
}

function histogram(name: string, series: HistogramSeries, guard: MetricGuard): Made {
  const metric = new KeptHistogram(name, series, guard);
  const observe = (first: LabelValues | number, second?: number | Span, third?: Span): void => {
    try {
      if (typeof first === 'number') metric.observe(NONE, first, second as Span | undefined);
      else metric.observe(first, second as number, third);
    } catch (error) {
      guard.failed(name, error);
    }
  };
  const of = (labels: LabelValues) => {
    const kept = boundTo(metric, labels);
    const observeOne = (value: number, span?: Span): void => {
      try {
        metric.observeIn(kept, value, span);
      } catch (error) {
        guard.failed(name, error);
      }
    };
    return Object.freeze({ observe: observeOne });
  };
  return { metric, instrument: Object.freeze({ observe, of }) };
}
