import { type SymbolType, symbol } from 'd3-shape';
import { full } from './format.ts';
import { type Attributes, type Child, el, type Markup } from './markup.ts';
import { isolate, shownName, truncate } from './text.ts';
import { SIZE } from './theme.ts';

/** Pixels, to a hundredth. */
export const px = (value: number): number => {
  const rounded = Math.round(value * 100) / 100;
  return rounded === 0 ? 0 : rounded;
};

/** Data attributes: numbers in full precision; null and undefined are left out. */
export function data(values: Readonly<Record<string, number | string | null | undefined>>): Attributes {
  return Object.fromEntries(
    Object.entries(values).map(([name, value]) => [`data-${name}`, typeof value === 'number' ? full(value) : value]),
  );
}

export const line = (kind: string, x1: number, y1: number, x2: number, y2: number, more: Attributes = {}): Markup =>
  el('line', { class: kind, x1: px(x1), y1: px(y1), x2: px(x2), y2: px(y2), ...more });

export type Anchor = 'start' | 'middle' | 'end';

export const text = (x: number, y: number, kind: string, anchor: Anchor, ...content: Child[]): Markup =>
  el(
    'text',
    { x: px(x), y: px(y), class: kind === '' ? null : kind, 'text-anchor': anchor === 'start' ? null : anchor },
    ...content,
  );

/** A name from the data, cut to the width; the whole name shows on pointing. */
export function nameLabel(name: string, x: number, y: number, width: number, anchor: Anchor, kind = ''): Markup {
  return text(x, y, kind, anchor, el('title', {}, shownName(name)), isolate(truncate(shownName(name), width, SIZE.text)));
}

/** A mark of the given shape around a point, upside down where wanted; area in square pixels. */
export function mark(type: SymbolType, area: number, x: number, y: number, kind: string, turned = false): Markup {
  const place = `translate(${px(x)},${px(y)})${turned ? ' rotate(180)' : ''}`;
  return el('path', { class: kind, d: symbol(type, area)() ?? '', transform: place });
}
