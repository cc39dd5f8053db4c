import { max, median, min } from 'd3-array';
import { AXIS_HEIGHT } from './axis.ts';
import { data, line } from './draw.ts';
import type { Figure, FigureInput, PropensityData } from './figure.ts';
import { count, percent, significant } from './format.ts';
import { frame, headHeight, MARGIN, WIDTH } from './frame.ts';
import { byGroup, groupsProblem } from './groups.ts';
import { el, type Markup } from './markup.ts';
import { HISTOGRAM_HEIGHT, type HistogramGroup, LEFT, LEGEND_HEIGHT, mirroredHistogram } from './mirrored-histogram.ts';
import { binCount, edges, histogram } from './scale/bins.ts';
import { linearScale, type ValueScale } from './scale/value.ts';
import { spoken } from './text.ts';

const NAME = 'propensity_overlap';
const TITLE = 'Overlap of the propensity scores';

interface Support {
  readonly low: number;
  readonly high: number;
  /** Rows of either group inside, over all rows. */
  readonly share: number;
}

/** From the larger of the two minima to the smaller of the two maxima; undefined where the groups do not meet. */
function commonSupport(treated: readonly number[], control: readonly number[]): Support | undefined {
  const low = Math.max(min(treated)!, min(control)!);
  const high = Math.min(max(treated)!, max(control)!);
  if (low > high) return undefined;
  const inside = [treated, control].flatMap((group) => group.filter((score) => score >= low && score <= high)).length;
  return { low, high, share: inside / (treated.length + control.length) };
}

function supportLimits(support: Support | undefined, scale: ValueScale, top: number): Markup | null {
  if (!support) return null;
  const limit = (value: number) =>
    line('reference dashed', scale.at(value), top + LEGEND_HEIGHT, scale.at(value), top + HISTOGRAM_HEIGHT);
  const { low, high, share } = support;
  return el('g', { class: 'support', ...data({ low, high, share }) }, limit(low), limit(high));
}

const words = (support: Support | undefined): string =>
  support
    ? `Common support ${significant(support.low)} to ${significant(support.high)} (dashed) holds ${percent(support.share)} of the rows.`
    : 'No common support: the scores of the two groups do not meet.';

function draw({ treatment, propensity }: FigureInput): string {
  const { scores, treated, levels } = propensity as PropensityData;
  const groups = byGroup(scores, treated);
  const scale = linearScale([0, 1], [LEFT, WIDTH - MARGIN - 12], false);
  const at = edges('linear', [0, 1], binCount(Math.min(groups.treated.length, groups.control.length)));
  const side = (group: 'treated' | 'control', name: string): HistogramGroup => {
    const values = groups[group];
    const middle = significant(median(values)!);
    const label = `${group === 'treated' ? 'Treated' : 'Control'} (${spoken(treatment, 20)} = ${spoken(name, 20)}): ${count(values.length)} rows, median ${middle}`;
    return { group, label, bins: histogram(values, at, values.length) };
  };
  const upper = side('treated', levels[1]);
  const lower = side('control', levels[0]);
  const support = commonSupport(groups.treated, groups.control);
  const lines = [words(support)];
  const top = headHeight(lines.length);
  return frame(
    {
      name: NAME,
      title: TITLE,
      lines,
      description: `Histograms of the estimated propensity scores of both groups, as shares of each group. ${upper.label}. ${lower.label}. ${lines[0]}`,
      height: top + HISTOGRAM_HEIGHT + AXIS_HEIGHT + MARGIN,
    },
    mirroredHistogram({ treated: upper, control: lower, scale, top, label: 'Estimated probability of treatment' }),
    supportLimits(support, scale, top),
  );
}

/** Propensity scores of the two groups, and the range that both reach. */
export const propensityOverlap: Figure = Object.freeze({
  name: NAME,
  title: TITLE,
  requires: Object.freeze(['y', 'treatment', 'covariates']),
  notApplicable({ propensity }: FigureInput): string | undefined {
    if (!propensity) return 'there are no propensity scores: they need a binary treatment and covariates';
    return groupsProblem('propensity scores', propensity.scores, propensity.treated, 1);
  },
  draw,
});
