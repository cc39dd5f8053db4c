import { readFileSync } from 'node:fs';
import path from 'node:path';

type Service = 'gateway' | 'engine';

export interface RegisteredSeries {
  readonly name: string;
  readonly type: 'counter' | 'gauge' | 'histogram';
  readonly services: readonly Service[];
}

const file = path.join(import.meta.dirname, '../../../docs/metrics.md');
const sections = new Map(
  readFileSync(file, 'utf8')
    .split(/^## /m)
    .map((section) => [section.slice(0, section.indexOf('\n')), section]),
);

const seriesOf = (heading: string, services: readonly Service[]): RegisteredSeries[] =>
  [...(sections.get(heading) ?? '').matchAll(/^\| `(\w+)` \| (counter|gauge|histogram) \|/gm)].map(([, name = '', type]) => ({
    name,
    type: type as RegisteredSeries['type'],
    services,
  }));

/** Every series of the registry, as docs/metrics.md lists them; `npm run check` compares it with the code. */
export const SERIES: readonly RegisteredSeries[] = [
  ...seriesOf('Both services', ['gateway', 'engine']),
  ...seriesOf('Gateway', ['gateway']),
  ...seriesOf('Engine', ['engine']),
];

/** Names of series that docs/metrics.md says are on no dashboard, each with its reason. */
export const NOT_SHOWN: ReadonlyMap<string, string> = new Map(
  [...(sections.get('On no dashboard') ?? '').matchAll(/^\| `(\w+)` \| (.+) \|$/gm)].map(([, name = '', reason = '']) => [
    name,
    reason,
  ]),
);

/** The names that Prometheus has for a series. */
export const samplesOf = ({ name, type }: RegisteredSeries): readonly string[] =>
  type === 'histogram' ? [`${name}_bucket`, `${name}_sum`, `${name}_count`] : [name];
