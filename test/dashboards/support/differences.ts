import { namesIn } from '../../support/promql.ts';
import type { NamedQuery } from './dashboards.ts';
import { type RegisteredSeries, samplesOf } from './registry.ts';

interface Compared {
  readonly series: readonly RegisteredSeries[];
  /** Series that are meant to be on no dashboard, with the reasons. */
  readonly notShown: ReadonlyMap<string, string>;
  readonly queries: readonly NamedQuery[];
}

/** Where the registry and the dashboards do not fit together, a sentence each. */
export function differences({ series, notShown, queries }: Compared): string[] {
  const registered = new Set(series.flatMap(samplesOf));
  const read = new Set(queries.flatMap(({ expr }) => [...namesIn(expr)]));
  return [
    ...queries.flatMap(({ from, expr }) =>
      [...namesIn(expr)].filter((name) => !registered.has(name)).map((name) => `${from} reads ${name}, which is no series`),
    ),
    ...[...notShown.keys()]
      .filter((name) => !series.some((each) => each.name === name))
      .map((name) => `${name} is said to be on no dashboard, and is no series`),
    ...series
      .filter((each) => samplesOf(each).some((name) => read.has(name)) === notShown.has(each.name))
      .map(({ name }) => `${name} is ${notShown.has(name) ? 'on a dashboard, and said to be on none' : 'on no dashboard'}`),
  ];
}
