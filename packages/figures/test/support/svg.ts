/** Reads the figures' own markup back, without a browser: every element, its attributes unescaped. */
export interface Element {
  readonly tag: string;
  readonly at: number;
  readonly attributes: Readonly<Record<string, string>>;
}

const unescaped = (text: string): string => text.replace(/&#(\d+);/g, (_, code) => String.fromCharCode(Number(code)));

export function elements(svg: string): readonly Element[] {
  return [...svg.matchAll(/<([a-z]+)((?: [\w:-]+="[^"]*")*)\/?>/g)].map((match) => ({
    tag: match[1]!,
    at: match.index,
    attributes: Object.fromEntries(
      [...match[2]!.matchAll(/([\w:-]+)="([^"]*)"/g)].map(([, name, value]) => [name, unescaped(value!)]),
    ),
  }));
}

/** Elements that have the class. */
export const withClass = (svg: string, name: string): readonly Element[] =>
  elements(svg).filter((element) => (element.attributes.class ?? '').split(' ').includes(name));

/** Where a mark was put by its transform. */
export function placeOf(element: Element): readonly [number, number] {
  const [, x, y] = /^translate\(([-\d.]+),([-\d.]+)\)/.exec(element.attributes.transform!)!;
  return [Number(x), Number(y)];
}

/** The scale that a reader would deduce from the first and the last tick of the horizontal axis. */
export function scaleFromTicks(svg: string, kind: 'linear' | 'log' = 'linear'): (value: number) => number {
  const all = elements(svg);
  const ticks = all.flatMap((element, index) => {
    if (element.attributes.class !== 'tick') return [];
    const grid = all[index + 1]!;
    return [[Number(element.attributes['data-value']), Number(grid.attributes.x1)] as const];
  });
  const through = (value: number) => (kind === 'log' ? Math.log(value) : value);
  const [first, last] = [ticks[0]!, ticks.at(-1)!];
  const slope = (last[1] - first[1]) / (through(last[0]) - through(first[0]));
  return (value) => first[1] + slope * (through(value) - through(first[0]));
}

/** The elements after a datum and before the next, by class: a datum's own drawing. */
export function within(svg: string, datum: Element, name: string): Element | undefined {
  const next = withClass(svg, 'datum').find((other) => other.at > datum.at)?.at ?? Number.POSITIVE_INFINITY;
  return withClass(svg, name).find((element) => element.at > datum.at && element.at < next);
}

export const close = (a: number, b: number, tolerance = 0.02): boolean => Math.abs(a - b) <= tolerance;
