import { text } from './draw.ts';
import { type Child, el, Markup } from './markup.ts';
import { truncate } from './text.ts';
import { figureStyle, SIZE } from './theme.ts';

/** Width of every figure in pixels. */
export const WIDTH = 760;
export const MARGIN = 20;
const LINE = 19;

/** Where the first thing below the heading and its lines may be drawn. */
export const headHeight = (lines: number): number => MARGIN + SIZE.heading + lines * LINE + 10;

export interface Frame {
  readonly name: string;
  readonly title: string;
  /** Below the heading; cut to the figure's width. */
  readonly lines: readonly string[];
  /** The main values in words. */
  readonly description: string;
  readonly height: number;
}

const scopeOf = (name: string): string => `penstock-${name.replaceAll('_', '-')}`;

/** The whole of a figure: an `<svg>` with title, description, style, heading and what was drawn. */
export function frame({ name, title, lines, description, height }: Frame, ...content: Child[]): string {
  const scope = scopeOf(name);
  const width = WIDTH - 2 * MARGIN;
  const tall = Math.ceil(height);
  const attributes = {
    xmlns: 'http://www.w3.org/2000/svg',
    viewBox: `0 0 ${WIDTH} ${tall}`,
    width: WIDTH,
    height: tall,
    class: scope,
    role: 'img',
    'aria-labelledby': `${scope}-title ${scope}-desc`,
  };
  return el(
    'svg',
    attributes,
    el('title', { id: `${scope}-title` }, title),
    el('desc', { id: `${scope}-desc` }, description),
    // Made of constants only; quotes must stay quotes, since HTML does not decode references the way XML does in a style.
    new Markup(`<style>${figureStyle(scope)}</style>`),
    el('rect', { class: 'surface', width: WIDTH, height: tall }),
    text(MARGIN, MARGIN + SIZE.heading - 2, 'heading', 'start', title),
    lines.map((words, index) =>
      text(MARGIN, MARGIN + SIZE.heading + (index + 1) * LINE, 'muted', 'start', truncate(words, width, SIZE.text)),
    ),
    ...content,
  ).source;
}
