import type { ResolvedOptions } from '@penstock/contracts';
import { finiteOrNull } from '../fit/coefficient_table.ts';
import { covariance } from '../fit/covariance.ts';
import { covarianceChoice, describeCovariance } from '../fit/covariance_choice.ts';
import { designOf } from '../fit/design.ts';
import { leastSquares } from '../fit/least_squares.ts';
import { binaryTreatment } from '../fit/treatment.ts';
import { conclude } from '../inference/conclude.ts';
import type { Reference } from '../inference/interval.ts';
import { at } from '../linalg/matrix.ts';
import { type AnalysisInput, EstimationError, type Estimator, NotApplicable, type RunContext } from '../types.ts';

const name = 'difference_in_means';

/** Mean outcome of the treated minus that of the controls: docs/methods/difference_in_means.md. */
export const differenceInMeans: Estimator = Object.freeze<Estimator>({
  name,
  title: 'Difference in means',
  estimand: 'ATE',
  requires: ['y', 'treatment'],
  optional: ['cluster'],
  treatment: 'binary',
  bootstrap: true,
  estimate(input, options, context) {
    if (input.weight) throw new NotApplicable(`does not weight rows: '${input.weight.name}' is mapped as weight; ols does`);
    const { groups, estimate } = compare(input);
    const { treated, control } = groups;
    const error = options.covariance === 'cluster' ? clustered(input, options, context) : unclustered(groups, options);
    const details = {
      mean1: treated.mean,
      mean0: control.mean,
      n1: treated.n,
      n0: control.n,
      sd1: finiteOrNull(Math.sqrt(treated.variance)),
      sd0: finiteOrNull(Math.sqrt(control.variance)),
      ...error.details,
    };
    const statistic = (resampled: AnalysisInput) => compare(resampled).estimate;
    const conclusion = { name, estimate, n: input.n, ...error, details, statistic };
    return conclude(conclusion, input, options, context);
  },
});

interface Group {
  readonly n: number;
  readonly mean: number;
  /** With divisor n − 1. */
  readonly variance: number;
}

interface Groups {
  readonly treated: Group;
  readonly control: Group;
}

interface StandardError {
  readonly stdError: number | null;
  readonly reference: Reference;
  readonly details: Record<string, unknown>;
  readonly warnings: readonly string[];
}

function compare(input: AnalysisInput): { groups: Groups; estimate: number } {
  const treatment = binaryTreatment(input);
  const groups = { treated: groupOf(input.y.values, treatment, 1), control: groupOf(input.y.values, treatment, 0) };
  return { groups, estimate: groups.treated.mean - groups.control.mean };
}

function groupOf(y: Float64Array, treatment: Float64Array, level: 0 | 1): Group {
  let n = 0;
  let sum = 0;
  for (let i = 0; i < y.length; i++) {
    if (treatment[i] !== level) continue;
    n++;
    sum += y[i]!;
  }
  const mean = sum / n;
  let squares = 0;
  for (let i = 0; i < y.length; i++) if (treatment[i] === level) squares += (y[i]! - mean) ** 2;
  return { n, mean, variance: squares / (n - 1) };
}

/** Welch (1947) with Satterthwaite's degrees of freedom, or one pooled variance with n − 2. */
function unclustered({ treated, control }: Groups, options: ResolvedOptions): StandardError {
  if (treated.n < 2 || control.n < 2) throw new EstimationError('a standard error needs at least two rows in each group');
  const variance = options.difference_in_means_variance;
  const details = { variance };
  if (variance === 'pooled') {
    const df = treated.n + control.n - 2;
    const pooled = ((treated.n - 1) * treated.variance + (control.n - 1) * control.variance) / df;
    const stdError = Math.sqrt(pooled * (1 / treated.n + 1 / control.n));
    return { stdError, reference: { kind: 't', df }, details, warnings: [] };
  }
  const a = treated.variance / treated.n;
  const b = control.variance / control.n;
  const satterthwaite = (a + b) ** 2 / (a ** 2 / (treated.n - 1) + b ** 2 / (control.n - 1));
  const df = a + b > 0 ? satterthwaite : treated.n + control.n - 2;
  return { stdError: Math.sqrt(a + b), reference: { kind: 't', df }, details, warnings: [] };
}

/** The clustered error of the same difference as a regression slope. */
function clustered(input: AnalysisInput, options: ResolvedOptions, context: RunContext): StandardError {
  const spec = covarianceChoice(input, options);
  const { matrix, names } = designOf(input.n, [input.treatment], () => context.checkpoint());
  const fit = leastSquares(matrix, names, input.y.values, undefined, () => context.checkpoint());
  const { matrix: vcov, df, warnings } = covariance(fit, spec, () => context.checkpoint());
  const details = { variance: 'cluster', ...describeCovariance(spec) };
  return { stdError: Math.sqrt(at(vcov, 1, 1)), reference: { kind: 't', df }, details, warnings };
}
