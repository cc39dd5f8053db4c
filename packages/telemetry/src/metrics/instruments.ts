import type { AnySeries, CounterSeries, GaugeSeries, HistogramSeries } from './define.ts';
import type { FASTIFY_SERIES } from './http.ts';

export type Labels<L extends string> = Readonly<Record<L, string>>;
type Unlabelled<L extends string> = [L] extends [never] ? true : false;

export interface Counter<L extends string> {
  /** Adds `by`, 1 where left out. */
  inc(...args: Unlabelled<L> extends true ? [by?: number] : [labels: Labels<L>, by?: number]): void;
}

export interface Gauge<L extends string> {
  set(...args: Unlabelled<L> extends true ? [value: number] : [labels: Labels<L>, value: number]): void;
  inc(...args: Unlabelled<L> extends true ? [by?: number] : [labels: Labels<L>, by?: number]): void;
  dec(...args: Unlabelled<L> extends true ? [by?: number] : [labels: Labels<L>, by?: number]): void;
  /** Has the value read when the metrics are asked for. Several readers are run in turn. */
  readWith(read: Unlabelled<L> extends true ? () => number : () => Iterable<readonly [Labels<L>, number]>): void;
}

export interface Histogram<L extends string> {
  observe(...args: Unlabelled<L> extends true ? [value: number] : [labels: Labels<L>, value: number]): void;
}

export type Instrument<S extends AnySeries> =
  S extends CounterSeries<infer L>
    ? Counter<L>
    : S extends GaugeSeries<infer L>
      ? Gauge<L>
      : S extends HistogramSeries<infer L>
        ? Histogram<L>
        : never;

/** One instrument for each series, under the series' name, except what fastify-metrics registers. No instrument ever throws. */
export type Instruments<M> = {
  readonly [Name in keyof M as Exclude<Name, keyof typeof FASTIFY_SERIES>]: M[Name] extends AnySeries
    ? Instrument<M[Name]>
    : never;
};
