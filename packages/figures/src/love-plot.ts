import { max } from 'd3-array';
import { symbolCircle, symbolDiamond } from 'd3-shape';
import { AXIS_HEIGHT, bottomAxis } from './axis.ts';
import { data, line, mark, nameLabel, text } from './draw.ts';
import type { BalanceDatum, Figure, FigureInput } from './figure.ts';
import { fixed, significant } from './format.ts';
import { frame, headHeight, MARGIN, WIDTH } from './frame.ts';
import { el, type Markup } from './markup.ts';
import { linearScale, type ValueScale } from './scale/value.ts';
import { shownName, spoken, textWidth } from './text.ts';
import { SIZE } from './theme.ts';

const NAME = 'love_plot';
const TITLE = 'Balance of the covariates';
/** The usual mark of negligible imbalance (Austin 2009, section 3). */
const BALANCE_THRESHOLD = 0.1;
const MAX_ROWS = 40;
const ROW = 24;
const NUMBER = 78;
const GAP = 16;

const drawable = (value: number | null): value is number => value !== null && Number.isFinite(value) && Math.abs(value) <= 1e300;
const size = (value: number | null): number => (drawable(value) ? Math.abs(value) : -1);
const imbalance = (row: BalanceDatum): number => Math.max(size(row.before), size(row.after));
const shown = (value: number | null): string => {
  if (!drawable(value)) return 'undefined';
  return Math.abs(value) < 1e4 ? fixed(value, 3) : significant(value, 3);
};

/** Rows by imbalance, greatest first, at most 40; equal ones keep their order. */
function chosen(balance: readonly BalanceDatum[]): readonly BalanceDatum[] {
  return [...balance].sort((a, b) => imbalance(b) - imbalance(a)).slice(0, MAX_ROWS);
}

function drawRow(row: BalanceDatum, y: number, left: number, scale: ValueScale, weighted: boolean): Markup {
  const before = drawable(row.before) ? scale.at(Math.abs(row.before)) : undefined;
  const after = drawable(row.after) ? scale.at(Math.abs(row.after)) : undefined;
  return el(
    'g',
    { class: 'datum', ...data({ name: row.column, before: row.before, after: row.after }) },
    nameLabel(row.column, left - GAP, y + 4.5, left - GAP - MARGIN, 'end'),
    before !== undefined && after !== undefined && line('axis change', before, y, after, y),
    before !== undefined && mark(symbolCircle, 70, before, y, 'mark-before hollow stroke-treated'),
    after !== undefined && mark(symbolDiamond, 70, after, y, 'mark-after fill-control'),
    text(WIDTH - MARGIN - NUMBER, y + 4.5, 'small number', 'end', shown(row.before)),
    weighted && text(WIDTH - MARGIN, y + 4.5, 'small number', 'end', shown(row.after)),
  );
}

function header(y: number, weighted: boolean): Markup {
  return el(
    'g',
    { class: 'legend' },
    mark(symbolCircle, 70, WIDTH - MARGIN - NUMBER - 62, y - 4, 'hollow stroke-treated'),
    text(WIDTH - MARGIN - NUMBER, y, 'small', 'end', 'before'),
    weighted && mark(symbolDiamond, 70, WIDTH - MARGIN - 52, y - 4, 'fill-control'),
    weighted && text(WIDTH - MARGIN, y, 'small', 'end', 'after'),
  );
}

const above = (balance: readonly BalanceDatum[], key: 'before' | 'after'): number =>
  balance.filter((row) => size(row[key]) > BALANCE_THRESHOLD).length;

const isWeighted = (balance: readonly BalanceDatum[]): boolean => balance.some((row) => row.after !== null);

function describe(balance: readonly BalanceDatum[], treatment: string): string {
  const worst = chosen(balance)[0]!;
  const weighted = isWeighted(balance);
  const rows = balance.length;
  const after = weighted ? `, after weighting ${above(balance, 'after')}` : '; there are no weighted differences';
  const largest = `${shown(worst.before)} before${weighted ? `, ${shown(worst.after)} after` : ''}`;
  return [
    `Absolute standardized mean differences of ${rows} columns between the groups of ${spoken(treatment)}.`,
    `Before weighting ${above(balance, 'before')} of ${rows} lie above ${BALANCE_THRESHOLD}${after}.`,
    `The largest is that of ${spoken(worst.column)}: ${largest}.`,
  ].join(' ');
}

function subtitle(balance: readonly BalanceDatum[]): readonly string[] {
  const drawn = Math.min(MAX_ROWS, balance.length);
  const weighted = isWeighted(balance);
  const total = balance.length;
  const share = `Above ${BALANCE_THRESHOLD}: ${above(balance, 'before')} of ${total} before weighting`;
  return [
    `${share}${weighted ? `, ${above(balance, 'after')} after` : '; no weighted differences'}. Dashed line: ${BALANCE_THRESHOLD}.`,
    ...(drawn < total ? [`The ${drawn} most imbalanced of ${total} columns are shown.`] : []),
  ];
}

function draw({ balance = [], treatment }: FigureInput): string {
  const rows = chosen(balance);
  const lines = subtitle(balance);
  const widest = max(rows, (row) => textWidth(shownName(row.column), SIZE.text))!;
  const left = MARGIN + Math.min(230, Math.max(60, Math.ceil(widest) + 2)) + GAP;
  const right = WIDTH - MARGIN - 2 * NUMBER - GAP;
  const reach = Math.max(BALANCE_THRESHOLD * 1.5, max(rows, imbalance)!);
  const scale = linearScale([0, reach], [left, right]);
  const top = headHeight(lines.length) + 22;
  const bottom = top + rows.length * ROW;
  const limit = scale.at(BALANCE_THRESHOLD);
  return frame(
    { name: NAME, title: TITLE, lines, description: describe(balance, treatment), height: bottom + AXIS_HEIGHT + MARGIN },
    bottomAxis({ scale, top, bottom, label: 'Absolute standardized mean difference' }),
    line('reference dashed threshold', limit, top, limit, bottom, data({ value: BALANCE_THRESHOLD })),
    header(top - 8, isWeighted(balance)),
    rows.map((row, index) => drawRow(row, top + (index + 0.5) * ROW, left, scale, isWeighted(balance))),
  );
}

/** Standardized mean differences of the covariates before and after weighting. */
export const lovePlot: Figure = Object.freeze({
  name: NAME,
  title: TITLE,
  requires: Object.freeze(['y', 'treatment', 'covariates']),
  notApplicable({ balance }: FigureInput): string | undefined {
    if (balance === undefined) return 'balance was not computed: it needs a binary treatment and covariates';
    if (balance.length === 0) return 'there are no covariates';
    if (balance.every((row) => imbalance(row) < 0)) return 'no covariate has a defined standardized mean difference';
    return undefined;
  },
  draw,
});
