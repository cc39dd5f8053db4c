import { data, line, text } from './draw.ts';
import { el, type Markup } from './markup.ts';
import type { ValueScale } from './scale/value.ts';

export interface BottomAxis {
  readonly scale: ValueScale;
  readonly top: number;
  readonly bottom: number;
  readonly label: string;
}

/** Height that tick labels and the axis label take below `bottom`. */
export const AXIS_HEIGHT = 44;

/** Grid lines from top to bottom, tick labels and the axis label below. */
export function bottomAxis({ scale, top, bottom, label }: BottomAxis): Markup {
  const [left, right] = scale.range;
  return el(
    'g',
    { class: 'x-axis' },
    scale.ticks.map((tick) =>
      el(
        'g',
        { class: 'tick', ...data({ value: tick.value }) },
        line('grid', tick.at, top, tick.at, bottom),
        text(tick.at, bottom + 17, 'small muted number', 'middle', tick.label),
      ),
    ),
    line('axis', left, bottom, right, bottom),
    text((left + right) / 2, bottom + 38, 'small', 'middle', label),
  );
}
