import { readFileSync } from 'node:fs';
import path from 'node:path';

const file = path.join(import.meta.dirname, '../../../docs/metrics.md');
const [registered = '', notShown = ''] = readFileSync(file, 'utf8').split('## On no dashboard');

export interface RegisteredSeries {
  readonly name: string;
  readonly type: 'counter' | 'gauge' | 'histogram';
}

/** Every series of the registry, as docs/metrics.md lists them; `npm run check` compares it with the code. */
export const SERIES: readonly RegisteredSeries[] = [...registered.matchAll(/^\| `(\w+)` \| (counter|gauge|histogram) \|/gm)].map(
  ([, name = '', type]) => ({ name, type: type as RegisteredSeries['type'] }),
);

/** Names of series that docs/metrics.md says are on no dashboard, each with its reason. */
export const NOT_SHOWN: ReadonlyMap<string, string> = new Map(
  [...notShown.matchAll(/^\| `(\w+)` \| (.+) \|$/gm)].map(([, name = '', reason = '']) => [name, reason]),
);

const SUFFIXES = { counter: '', gauge: '', histogram: '_(?:bucket|sum|count)' } as const;

/** Whether a query reads a series, under one of the names that Prometheus has for it. */
export const reads = (expression: string, { name, type }: RegisteredSeries): boolean =>
  new RegExp(`(?<![\\w:])${name}${SUFFIXES[type]}(?![\\w:])`).test(expression);

/** The names that Prometheus has for a series. */
export const samplesOf = ({ name, type }: RegisteredSeries): readonly string[] =>
  type === 'histogram' ? [`${name}_bucket`, `${name}_sum`, `${name}_count`] : [name];
