import { designOf } from '../fit/design.ts';
import { type LeastSquaresFit, leastSquares } from '../fit/least_squares.ts';
import { binaryTreatment } from '../fit/treatment.ts';
import { takeEntries } from '../linalg/take.ts';
import { type AnalysisInput, type Codes, type Column, NotApplicable } from '../types.ts';
import { type Pair, pairUnits, type TwoPeriods, twoPeriods } from './two_periods.ts';

/** A two-by-two comparison as the regression whose coefficient `position` is the effect. */
export interface DidRegression {
  readonly design: 'panel' | 'repeated_cross_sections';
  readonly periods: TwoPeriods;
  readonly fit: LeastSquaresFit;
  readonly position: number;
  /** The cluster columns, one entry per row of the regression. */
  readonly clusters: readonly Codes[];
  /** Rows of the data that the regression uses, and the group (0 or 1) of each. */
  readonly rows: readonly number[];
  readonly groupOfRows: readonly number[];
  /** Outcome of the regression: the change, or the level. */
  readonly outcome: Float64Array;
  /** Units left out because they are seen in one period only. */
  readonly unpaired: number;
}

/** Changes where units are seen in both periods, otherwise the interaction in the pooled rows. */
export function didRegression(input: AnalysisInput, checkpoint: () => void): DidRegression {
  const periods = twoPeriods(input);
  const treatment = binaryTreatment(input);
  const { pairs, unpaired } = pairUnits(input.unit, periods.post);
  return pairs.length > 0
    ? changes(input, periods, treatment, pairs, unpaired, checkpoint)
    : pooled(input, periods, treatment, checkpoint);
}

/** y_after − y_before on a constant, the group and the covariates of the first period. */
function changes(
  input: AnalysisInput,
  periods: TwoPeriods,
  treatment: Float64Array,
  pairs: readonly Pair[],
  unpaired: number,
  checkpoint: () => void,
): DidRegression {
  const before = Int32Array.from(pairs, (pair) => pair.before);
  const after = Int32Array.from(pairs, (pair) => pair.after);
  const group = takeEntries(treatment, after);
  requireBothGroups(group, input, 'among the units seen in both periods');
  pairs.forEach((pair) => {
    if (treatment[pair.before] === 1 && treatment[pair.after] === 0) {
      throw new NotApplicable(`a unit is treated in period '${periods.before}' and no longer in '${periods.after}'`);
    }
  });
  requireCleanStart(takeEntries(treatment, before), group, input, periods);
  const { values } = input.y;
  const outcome = Float64Array.from(pairs, (pair) => values[pair.after]! - values[pair.before]!);
  const covariates = input.covariates.map((c) => ({ name: c.name, values: takeEntries(c.values, before) }));
  const { matrix, names } = designOf(pairs.length, [{ name: input.treatment.name, values: group }, ...covariates], checkpoint);
  return {
    design: 'panel',
    periods,
    fit: leastSquares(matrix, names, outcome, weightsOf(input, pairs), checkpoint),
    position: 1,
    clusters: input.clusters.map((cluster) => sameInBothPeriods(cluster, pairs)),
    rows: pairs.flatMap((pair) => [pair.before, pair.after]),
    groupOfRows: pairs.flatMap((_, i) => [group[i]!, group[i]!]),
    outcome,
    unpaired,
  };
}

/** y on a constant, group, later period, their product and the covariates. */
function pooled(input: AnalysisInput, periods: TwoPeriods, treatment: Float64Array, checkpoint: () => void): DidRegression {
  const { post } = periods;
  if (treatment.every((value, i) => value === 0 || post[i] === 1)) {
    throw new NotApplicable(
      `nobody is treated in period '${periods.before}' and no unit is seen in both periods, so that the later treated ` +
        `cannot be found in the earlier period: map a group indicator as treatment, or the unit as unit_id`,
    );
  }
  requireBothGroups(
    treatment.filter((_, i) => post[i] === 0),
    input,
    `in period '${periods.before}'`,
  );
  requireBothGroups(
    treatment.filter((_, i) => post[i] === 1),
    input,
    `in period '${periods.after}'`,
  );
  const group: Column = { name: input.treatment.name, values: treatment };
  const later: Column = { name: `${input.time!.name}=${periods.after}`, values: post };
  const product: Column = { name: `${group.name}:${later.name}`, values: treatment.map((value, i) => value * post[i]!) };
  const { matrix, names } = designOf(input.n, [group, later, product, ...input.covariates], checkpoint);
  return {
    design: 'repeated_cross_sections',
    periods,
    fit: leastSquares(matrix, names, input.y.values, input.weight?.values, checkpoint),
    position: 3,
    clusters: input.clusters,
    rows: Array.from(treatment, (_, i) => i),
    groupOfRows: Array.from(treatment),
    outcome: input.y.values,
    unpaired: 0,
  };
}

function requireBothGroups(group: Float64Array, input: AnalysisInput, where: string): void {
  if (group.includes(0) && group.includes(1)) return;
  throw new NotApplicable(`'${input.treatment.name}' has only one value ${where}`);
}

/** The treatment must either mark a fixed group in both periods or start in the later one for all who get it. */
function requireCleanStart(early: Float64Array, late: Float64Array, input: AnalysisInput, periods: TwoPeriods): void {
  const early1 = early.includes(1);
  const moved = late.some((value, i) => value !== early[i]);
  if (early1 && moved) {
    throw new NotApplicable(
      `some units have '${input.treatment.name}' in period '${periods.before}' already and others only in '${periods.after}'`,
    );
  }
}

function weightsOf(input: AnalysisInput, pairs: readonly Pair[]): Float64Array | undefined {
  const { weight } = input;
  if (!weight) return undefined;
  return Float64Array.from(pairs, ({ before, after }) => {
    if (weight.values[before] !== weight.values[after]) {
      throw new NotApplicable(`the weight '${weight.name}' of a unit differs between the periods`);
    }
    return weight.values[after]!;
  });
}

function sameInBothPeriods(cluster: Codes, pairs: readonly Pair[]): Codes {
  const codes = Int32Array.from(pairs, ({ before, after }) => {
    if (cluster.codes[before] !== cluster.codes[after]) {
      throw new NotApplicable(`the cluster '${cluster.name}' of a unit differs between the periods`);
    }
    return cluster.codes[after]!;
  });
  return { name: cluster.name, levels: cluster.levels, codes };
}
