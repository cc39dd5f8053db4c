/** The services that have metrics. */
export type ServiceName = 'gateway' | 'engine';

interface Series<L extends string> {
  /** One line that says what a value means; it becomes HELP and the line in docs/metrics.md. */
  readonly help: string;
  /** Names of the labels. Their values come from small fixed sets: routes, codes, names of our own; never paths or ids. */
  readonly labels: readonly L[];
}
export interface CounterSeries<L extends string = string> extends Series<L> {
  readonly type: 'counter';
}
export interface GaugeSeries<L extends string = string> extends Series<L> {
  readonly type: 'gauge';
}
export interface HistogramSeries<L extends string = string> extends Series<L> {
  readonly type: 'histogram';
  /** Upper bounds, ascending, in the unit of the name. */
  readonly buckets: readonly number[];
}
export type AnySeries = CounterSeries | GaugeSeries | HistogramSeries;
export type SeriesMap = Readonly<Record<string, AnySeries>>;

export const counter = <const L extends string = never>(help: string, ...labels: readonly L[]): CounterSeries<L> =>
  Object.freeze({ type: 'counter', help, labels });

export const gauge = <const L extends string = never>(help: string, ...labels: readonly L[]): GaugeSeries<L> =>
  Object.freeze({ type: 'gauge', help, labels });

export const histogram = <const L extends string = never>(
  buckets: readonly number[],
  help: string,
  ...labels: readonly L[]
): HistogramSeries<L> => Object.freeze({ type: 'histogram', help, labels, buckets });

/** Bucket bounds of the HTTP semantic conventions, seconds. */
export const HTTP_SECONDS: readonly number[] = Object.freeze([
  0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1, 2.5, 5, 7.5, 10,
]);
/** For computations, seconds: from a millisecond to minutes. */
export const WORK_SECONDS: readonly number[] = Object.freeze([
  0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 120,
]);
/** For files: from a kilobyte to a gigabyte. */
export const FILE_BYTES: readonly number[] = Object.freeze([1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9]);
/** For shares. */
export const SHARES: readonly number[] = Object.freeze([0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 0.95, 0.99, 1]);
