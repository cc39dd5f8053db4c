import type { Span } from '@opentelemetry/api';
import type { AnySeries, CounterSeries, GaugeSeries, HistogramSeries } from './define.ts';

export type Labels<L extends string> = Readonly<Record<L, string>>;
type Unlabelled<L extends string> = [L] extends [never] ? true : false;

export interface Counter<L extends string> {
  /** Adds `by`, 1 where left out. */
  inc(...args: Unlabelled<L> extends true ? [by?: number] : [labels: Labels<L>, by?: number]): void;
  /** The counter of these labels, to be kept by who counts them for every request. Begins with its first use. */
  of(labels: Labels<L>): CounterOf;
}

export interface CounterOf {
  inc(by?: number): void;
}

export interface Gauge<L extends string> {
  set(...args: Unlabelled<L> extends true ? [value: number] : [labels: Labels<L>, value: number]): void;
  /** The gauge of these labels, to be kept by who sets it for every request. Begins with its first use. */
  of(labels: Labels<L>): GaugeOf;
  inc(...args: Unlabelled<L> extends true ? [by?: number] : [labels: Labels<L>, by?: number]): void;
  dec(...args: Unlabelled<L> extends true ? [by?: number] : [labels: Labels<L>, by?: number]): void;
  /** Has the value read when the metrics are asked for. Several readers are run in turn. */
  readWith(read: Unlabelled<L> extends true ? () => number : () => Iterable<readonly [Labels<L>, number]>): void;
}

export interface GaugeOf {
  set(value: number): void;
}

export interface Histogram<L extends string> {
  /** @param span of what took the value: told as exemplar where its trace is kept */
  observe(
    ...args: Unlabelled<L> extends true ? [value: number, span?: Span] : [labels: Labels<L>, value: number, span?: Span]
  ): void;
  /** The histogram of these labels, to be kept by who observes for every request. Begins with its first use. */
  of(labels: Labels<L>): HistogramOf;
}

export interface HistogramOf {
  observe(value: number, span?: Span): void;
}

export type Instrument<S extends AnySeries> =
  S extends CounterSeries<infer L>
    ? Counter<L>
    : S extends GaugeSeries<infer L>
      ? Gauge<L>
      : S extends HistogramSeries<infer L>
        ? Histogram<L>
        : never;

/** One instrument for each series, under the series' name. No instrument ever throws. */
export type Instruments<M> = {
  readonly [Name in keyof M]: M[Name] extends AnySeries ? Instrument<M[Name]> : never;
};
