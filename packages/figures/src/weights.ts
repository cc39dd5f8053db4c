import { max, min } from 'd3-array';
import { AXIS_HEIGHT } from './axis.ts';
import { data, line, px, text } from './draw.ts';
import type { Figure, FigureInput, WeightData } from './figure.ts';
import { count, percent, significant } from './format.ts';
import { frame, headHeight, MARGIN, WIDTH } from './frame.ts';
import { byGroup, groupsProblem } from './groups.ts';
import { el, type Markup } from './markup.ts';
import { HISTOGRAM_HEIGHT, type HistogramGroup, LEFT, mirroredHistogram } from './mirrored-histogram.ts';
import { binCount, edges, histogram } from './scale/bins.ts';
import { linearScale, logScale, type ValueScale, widened } from './scale/value.ts';

const NAME = 'weights';
const TITLE = 'Weights and effective sample size';
/** Above this ratio of the largest to the smallest positive weight the axis is logarithmic. */
const LINEAR_RATIO = 50;
const BAR = 16;
const BAR_ROW = 34;

type Group = 'treated' | 'control';

interface Ess {
  readonly group: Group;
  readonly rows: number;
  readonly ess: number;
}

const essWords = ({ group, rows, ess }: Ess): string =>
  `${group === 'treated' ? 'Treated' : 'Control'}: ${count(rows)} rows count as ${significant(ess, 3)} (${percent(ess / rows)})`;

/** One bar per group: what is left, inside an outline of the group's rows. */
function essBars(groups: readonly Ess[], top: number): Markup {
  const width = WIDTH - MARGIN - LEFT - 12;
  return el(
    'g',
    { class: 'ess' },
    text(LEFT, top, 'strong', 'start', 'Effective sample size'),
    groups.map((row, index) => {
      const y = top + 26 + index * (BAR_ROW + BAR - 4);
      const box = { x: LEFT, y: y + 8, height: BAR };
      return el(
        'g',
        { class: 'datum', ...data({ group: row.group, rows: row.rows, ess: row.ess }) },
        text(LEFT, y, '', 'start', essWords(row)),
        el('rect', { ...box, class: 'band', width }),
        el('rect', { ...box, class: `ess-bar fill-${row.group}`, width: px(width * Math.min(1, row.ess / row.rows)) }),
        line('axis', LEFT + width, y + 5, LEFT + width, y + 11 + BAR),
      );
    }),
  );
}

function weightScale(positive: readonly number[], hasZero: boolean): ValueScale {
  const range = [LEFT, WIDTH - MARGIN - 12] as const;
  const low = min(positive)!;
  const high = max(positive)!;
  if (high / low > LINEAR_RATIO) return logScale([low, high], range);
  return linearScale(hasZero || low < high / 2 ? [0, high] : widened([low, high]), range);
}

function draw({ weights }: FigureInput): string {
  const { values, treated, essTreated, essControl } = weights as WeightData;
  const groups = byGroup(values, treated);
  const positive = Array.from(values.filter((value) => value > 0));
  const scale = weightScale(positive, positive.length < values.length);
  const at = edges(scale.kind, scale.domain, binCount(Math.min(groups.treated.length, groups.control.length)));
  const side = (group: Group): HistogramGroup => {
    const all = groups[group];
    const zeros = scale.kind === 'log' ? all.filter((value) => value === 0).length : 0;
    const rest = zeros > 0 ? `; ${count(zeros)} of weight 0 not drawn` : '';
    const label = `${group === 'treated' ? 'Treated' : 'Control'}: ${count(all.length)} rows, largest weight ${significant(max(all)!)}${rest}`;
    return { group, label, bins: histogram(all, at, all.length) };
  };
  const upper = side('treated');
  const lower = side('control');
  const left: readonly Ess[] = [
    { group: 'treated', rows: groups.treated.length, ess: essTreated },
    { group: 'control', rows: groups.control.length, ess: essControl },
  ];
  const lines = ['Rows of large weight carry the estimate: the more unequal the weights, the fewer rows count.'];
  const top = headHeight(lines.length);
  const below = top + HISTOGRAM_HEIGHT + AXIS_HEIGHT + 34;
  return frame(
    {
      name: NAME,
      title: TITLE,
      lines,
      description: `Histograms of the weights of both groups. ${upper.label}. ${lower.label}. Effective sample sizes. ${left.map(essWords).join('. ')}.`,
      height: below + 26 + 2 * (BAR_ROW + BAR - 4) + MARGIN - 8,
    },
    mirroredHistogram({
      treated: upper,
      control: lower,
      scale,
      top,
      label: scale.kind === 'log' ? 'Weight (logarithmic scale)' : 'Weight',
    }),
    essBars(left, below),
  );
}

/** Distribution of the weights, and how many equally weighted rows they are worth. */
export const weights: Figure = Object.freeze({
  name: NAME,
  title: TITLE,
  requires: Object.freeze(['y', 'treatment', 'covariates']),
  notApplicable({ weights: given }: FigureInput): string | undefined {
    if (!given) return 'no weighting estimator ran';
    const problem = groupsProblem('weights', given.values, given.treated, 1e300);
    if (problem) return problem;
    if (!given.values.some((value) => value > 0)) return 'every weight is 0';
    const sizes = [given.essTreated, given.essControl];
    return sizes.every((size) => Number.isFinite(size) && size >= 0) ? undefined : 'the effective sample sizes are not defined';
  },
  draw,
});
