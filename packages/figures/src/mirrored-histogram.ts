import { max } from 'd3-array';
import { symbolTriangle } from 'd3-shape';
import { bottomAxis } from './axis.ts';
import { data, line, mark, px, text } from './draw.ts';
import { percent } from './format.ts';
import { MARGIN, WIDTH } from './frame.ts';
import { el, type Markup } from './markup.ts';
import type { Bin } from './scale/bins.ts';
import { linearScale, type ValueScale } from './scale/value.ts';
import { truncate } from './text.ts';
import { SIZE } from './theme.ts';

export interface HistogramGroup {
  readonly group: 'treated' | 'control';
  readonly label: string;
  readonly bins: readonly Bin[];
}

export interface MirroredHistogram {
  readonly treated: HistogramGroup;
  readonly control: HistogramGroup;
  readonly scale: ValueScale;
  readonly top: number;
  readonly label: string;
}

const HALF = 112;
const STRIP = 48;
export const LEFT = MARGIN + 52;
/** Height from `top` to the axis line, and of the legend within it. */
export const LEGEND_HEIGHT = STRIP;
export const HISTOGRAM_HEIGHT = 2 * HALF + STRIP;

function bars({ group, bins }: HistogramGroup, scale: ValueScale, centre: number, height: (share: number) => number): Markup {
  return el(
    'g',
    { class: `bars fill-${group}`, 'data-group': group },
    bins.map((bin) => {
      if (bin.count === 0) return null;
      const from = scale.at(bin.from);
      // A bin with one row of many stays visible.
      const tall = Math.max(1, height(bin.share));
      const y = group === 'treated' ? centre - tall : centre;
      const box = { x: px(from), y: px(y), width: px(Math.max(0.5, scale.at(bin.to) - from - 0.75)), height: px(tall) };
      return el('rect', { class: 'datum', ...box, ...data({ from: bin.from, to: bin.to, count: bin.count, share: bin.share }) });
    }),
  );
}

function legend({ group, label }: HistogramGroup, y: number): Markup {
  const room = WIDTH - MARGIN - LEFT - 20;
  return el(
    'g',
    { class: 'legend' },
    mark(symbolTriangle, 60, LEFT + 6, y - 4, `fill-${group}`, group === 'control'),
    text(LEFT + 20, y, '', 'start', el('title', {}, label), truncate(label, room, SIZE.text)),
  );
}

/** Two histograms over one axis: the treated upwards, the controls downwards, both as shares of their own group. */
export function mirroredHistogram({ treated, control, scale, top, label }: MirroredHistogram): Markup {
  const centre = top + STRIP + HALF;
  const bottom = top + HISTOGRAM_HEIGHT;
  const most = max([...treated.bins, ...control.bins], (bin) => bin.share) ?? 0;
  const shares = linearScale([0, most === 0 ? 1 : most], [0, HALF]);
  const marks = shares.ticks.length > 5 ? shares.ticks.filter((_, index) => index % 2 === 0) : shares.ticks;
  return el(
    'g',
    { class: 'mirrored-histogram' },
    bottomAxis({ scale, top: top + STRIP, bottom, label }),
    marks.flatMap((tick) =>
      (tick.value === 0 ? [1] : [1, -1]).map((way) => {
        const y = centre - way * tick.at;
        return el(
          'g',
          { class: 'y-tick', ...data({ share: way * tick.value }) },
          line('grid', LEFT, y, WIDTH - MARGIN, y),
          text(LEFT - 8, y + 4, 'small muted number', 'end', percent(tick.value, 2)),
        );
      }),
    ),
    bars(treated, scale, centre, shares.at),
    bars(control, scale, centre, shares.at),
    line('axis', LEFT, centre, WIDTH - MARGIN, centre),
    legend(treated, top + 14),
    legend(control, top + 34),
  );
}
