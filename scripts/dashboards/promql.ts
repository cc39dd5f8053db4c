import type { CATALOGUE } from '../../packages/telemetry/src/index.ts';

/** Every series of either service; one that both have means the same in both. */
type Registered = (typeof CATALOGUE)['gateway'] & (typeof CATALOGUE)['engine'];
export type SeriesName = keyof Registered;

type Of<Type extends string> = {
  [Name in SeriesName]: Registered[Name] extends { readonly type: Type } ? Name : never;
}[SeriesName];
type LabelOf<Name extends SeriesName> = Registered[Name] extends { readonly labels: readonly (infer Label extends string)[] }
  ? Label | 'job' | 'instance'
  : never;

interface Choice<Name extends SeriesName> {
  /** Labels that are kept; without them everything is one line. */
  readonly by?: readonly LabelOf<Name>[];
  /** Matchers, each with its operator: `{ status: '=~"5.."' }`. */
  readonly where?: { readonly [Label in LabelOf<Name>]?: string };
}
interface Window {
  /** Range of a rate. Default: what Grafana finds fitting the scrape interval and the panel's width. */
  readonly over?: string;
}

function selector(name: string, where: Readonly<Record<string, string | undefined>> = {}): string {
  const matchers = Object.entries(where).map(([label, matcher]) => `${label}${matcher}`);
  return matchers.length === 0 ? name : `${name}{${matchers.join(',')}}`;
}

function folded(fold: 'sum' | 'max' | 'min', by: readonly string[] | undefined, inner: string): string {
  return by === undefined ? `${fold}(${inner})` : `${fold} by (${by.join(', ')}) (${inner})`;
}

const summedRate = (name: string, { by, where, over = '$__rate_interval' }: Choice<never> & Window): string =>
  folded('sum', by, `rate(${selector(name, where)}[${over}])`);

/** Counts per second. */
export const rate = <Name extends Of<'counter'>>(name: Name, choice: Choice<Name> & Window = {}): string =>
  summedRate(name, choice as Choice<never>);

/** Counts in a time. */
export const increase = <Name extends Of<'counter'>>(name: Name, { by, where, over }: Choice<Name> & Required<Window>): string =>
  folded('sum', by, `increase(${selector(name, where as Choice<never>['where'])}[${over}])`);

/** Observations of a histogram per second. */
export const observed = <Name extends Of<'histogram'>>(name: Name, choice: Choice<Name> & Window = {}): string =>
  summedRate(`${name}_count`, choice as Choice<never>);

/** Value that this share of the observations does not exceed, interpolated inside its bucket, in the histogram's unit. */
export function quantile<Name extends Of<'histogram'>>(share: number, name: Name, { by = [], where }: Choice<Name> = {}): string {
  const buckets = { by: ['le', ...by], where } as unknown as Choice<never>;
  return `histogram_quantile(${share}, ${summedRate(`${name}_bucket`, buckets)})`;
}

/** Mean of the observations, in the histogram's unit. */
export const mean = <Name extends Of<'histogram'>>(name: Name, choice: Choice<Name> = {}): string =>
  ratio(summedRate(`${name}_sum`, choice as Choice<never>), observed(name, choice));

/** What a gauge shows, over all instances: their sum, the largest or the smallest. */
export const gauge = <Name extends Of<'gauge'>>(
  name: Name,
  { by, where, fold = 'sum' }: Choice<Name> & { readonly fold?: 'sum' | 'max' | 'min' } = {},
): string => folded(fold, by, selector(name, where as Readonly<Record<string, string>>));

/** Nothing where nothing was counted, which Grafana shows as a gap. */
export const ratio = (part: string, whole: string): string => `${part} / ${whole}`;

/** A part that has no sample before it first happens reads as 0 of `whole`, not as no data. */
export const orNone = (part: string, whole: string): string => `(${part} or 0 * ${whole})`;
