import { max, median, min } from 'd3-array';
import { type SymbolType, symbolCircle, symbolDiamond, symbolSquare, symbolTriangle } from 'd3-shape';
import { AXIS_HEIGHT, bottomAxis } from './axis.ts';
import { data, line, mark, px, text } from './draw.ts';
import type { EstimateDatum, Figure, FigureInput } from './figure.ts';
import { level, shownInterval } from './format.ts';
import { frame, headHeight, MARGIN, WIDTH } from './frame.ts';
import { el, type Markup } from './markup.ts';
import { type Extent, linearScale, type ValueScale } from './scale/value.ts';
import { isolate, shownName, spoken, textWidth, truncate, wrap } from './text.ts';
import { SIZE } from './theme.ts';

const NAME = 'estimator_forest_plot';
const TITLE = 'Effect by estimator';
const ROW = 36;
const GROUP = 30;
const LABELS = 254;
const GAP = 16;

const ESTIMANDS: readonly (readonly [string, string, SymbolType, string])[] = [
  ['ATE', 'Average effect (ATE)', symbolCircle, 'control'],
  ['ATT', 'Effect on the treated (ATT)', symbolSquare, 'treated'],
  ['LATE', 'Effect on compliers (LATE)', symbolDiamond, 'third'],
  ['coefficient', 'Regression coefficient', symbolTriangle, 'fourth'],
];
const styleOf = (estimand: string): readonly [string, string, SymbolType, string] =>
  ESTIMANDS.find(([key]) => key === estimand) ?? [estimand, estimand, symbolCircle, 'fourth'];

/** Beyond it the span of a scale is no longer a number. */
const LARGEST = 1e300;
const drawable = (value: number | null): boolean => value === null || Math.abs(value) <= LARGEST;

/** Estimates by estimand, known estimands first, each group in the order of the reply. */
function grouped(estimates: readonly EstimateDatum[]): readonly (readonly [string, readonly EstimateDatum[]])[] {
  const keys = [...new Set([...ESTIMANDS.map(([key]) => key), ...estimates.map((row) => row.estimand)])];
  return keys.map((key) => [key, estimates.filter((row) => row.estimand === key)] as const).filter(([, rows]) => rows.length > 0);
}

/**
 * All estimates, zero, and every interval's ends, except those that would leave the rest unreadable: an end further out than
 * twice the median width of the intervals beyond all estimates is cut there.
 */
function extent(estimates: readonly EstimateDatum[]): Extent {
  const centre = [0, ...estimates.map((row) => row.estimate)];
  const low = min(centre)!;
  const high = max(centre)!;
  const widths = estimates.flatMap((row) =>
    row.ciLower === null || row.ciUpper === null ? [] : [Math.abs(row.ciUpper - row.ciLower)],
  );
  const reach = 2 * (median(widths) ?? 0);
  const ends = estimates.flatMap((row) => [row.ciLower ?? row.estimate, row.ciUpper ?? row.estimate]);
  return [Math.max(low - reach, min([low, ...ends])!), Math.min(high + reach, max([high, ...ends])!)];
}

interface Row {
  readonly datum: EstimateDatum;
  readonly y: number;
}

function interval({ datum, y }: Row, scale: ValueScale, colour: string): Markup | null {
  if (datum.ciLower === null || datum.ciUpper === null) return null;
  const [left, right] = scale.domain;
  const within = (value: number) => Math.min(right, Math.max(left, value));
  const from = scale.at(within(datum.ciLower));
  const to = scale.at(within(datum.ciUpper));
  const kind = `line stroke-${colour}`;
  const end = (x: number, cut: boolean, out: 1 | -1) =>
    cut
      ? el('path', {
          class: `arrow fill-${colour}`,
          d: `M${px(x)},${px(y - 5)}L${px(x + out * 8)},${px(y)}L${px(x)},${px(y + 5)}Z`,
        })
      : line(`${kind} cap`, x, y - 4, x, y + 4);
  return el(
    'g',
    {},
    line(`${kind} interval`, from, y, to, y),
    end(from, datum.ciLower < left, -1),
    end(to, datum.ciUpper > right, 1),
  );
}

function drawRow(row: Row, scale: ValueScale): Markup {
  const { datum, y } = row;
  const [, , shape, colour] = styleOf(datum.estimand);
  const shown = shownInterval(datum.estimate, datum.ciLower, datum.ciUpper);
  const lines = wrap(shownName(datum.title), LABELS - 14, SIZE.text, 2);
  const { name, estimand, estimate } = datum;
  return el(
    'g',
    { class: 'datum', ...data({ name, estimand, estimate, 'ci-lower': datum.ciLower, 'ci-upper': datum.ciUpper }) },
    lines.map((words, index) =>
      text(
        MARGIN + 14,
        y + 4.5 + (index - (lines.length - 1) / 2) * 15,
        '',
        'start',
        el('title', {}, shownName(datum.title)),
        isolate(words),
      ),
    ),
    interval(row, scale, colour),
    mark(shape, 78, scale.at(estimate), y, `mark fill-${colour}`),
    text(WIDTH - MARGIN, y + 4.5, 'number', 'end', [shown.estimate, shown.interval ?? '(no interval)'].join(' ')),
  );
}

function describe({ estimates, outcome, treatment, alpha }: FigureInput): string {
  const sentences = estimates.map((row) => {
    const shown = shownInterval(row.estimate, row.ciLower, row.ciUpper);
    return `${spoken(row.title)}, ${spoken(row.estimand)}: ${shown.estimate}${shown.interval === undefined ? ', without an interval' : ` ${shown.interval}`}.`;
  });
  return `Estimated effects of ${spoken(treatment)} on ${spoken(outcome)} with ${level(alpha)} confidence intervals. ${sentences.join(' ')}`;
}

function draw(input: FigureInput): string {
  const groups = grouped(input.estimates);
  const numbers = input.estimates.map((row) => {
    const shown = shownInterval(row.estimate, row.ciLower, row.ciUpper);
    return textWidth([shown.estimate, shown.interval ?? '(no interval)'].join(' '), SIZE.text);
  });
  const left = MARGIN + LABELS + GAP;
  const right = Math.max(left + 120, WIDTH - MARGIN - max(numbers)! - GAP - 10);
  const scale = linearScale(extent(input.estimates), [left, right]);
  const cut = input.estimates.some((row) => (row.ciLower ?? 0) < scale.domain[0] || (row.ciUpper ?? 0) > scale.domain[1]);
  const lines = [
    `Estimate and ${level(input.alpha)} confidence interval; the vertical line is no effect.`,
    ...(cut ? ['An arrow: the interval goes on beyond the plot; its numbers are at the right.'] : []),
  ];
  const top = headHeight(lines.length);
  let y = top;
  const body = groups.map(([estimand, rows]) => {
    y += GROUP;
    const words = truncate(shownName(styleOf(estimand)[1]), LABELS, SIZE.text, true);
    const heading = text(MARGIN, y - 9, 'strong', 'start', isolate(words));
    const drawn = rows.map((datum) => {
      y += ROW;
      return drawRow({ datum, y: y - ROW / 2 }, scale);
    });
    return el('g', { class: 'group', 'data-estimand': estimand }, heading, drawn);
  });
  const label = `Effect of ${spoken(input.treatment, 24)} on ${spoken(input.outcome, 24)}`;
  return frame(
    { name: NAME, title: TITLE, lines, description: describe(input), height: y + AXIS_HEIGHT + MARGIN },
    bottomAxis({ scale, top: top + 6, bottom: y, label }),
    line('reference zero', scale.at(0), top + 6, scale.at(0), y),
    body,
  );
}

/** Every estimate with its interval, by estimand. */
export const estimatorForestPlot: Figure = Object.freeze({
  name: NAME,
  title: TITLE,
  requires: Object.freeze(['y', 'treatment']),
  notApplicable({ estimates }: FigureInput): string | undefined {
    if (estimates.length === 0) return 'no estimator produced an estimate';
    const bad = estimates.find((row) => ![row.estimate, row.ciLower, row.ciUpper].every(drawable));
    return bad && `a number of ${bad.name} is not finite or too large to be drawn`;
  },
  draw,
});
