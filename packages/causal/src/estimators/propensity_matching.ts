import type { ResolvedOptions } from '@penstock/contracts';
import { splitByTreatment } from '../diagnostics/groups.ts';
import { mean, variance } from '../diagnostics/moments.ts';
import { infer, NORMAL } from '../inference/interval.ts';
import { greedyPairs, type Pairs } from '../propensity/greedy_pairs.ts';
import { propensityModel } from '../propensity/model.ts';
import { requirePropensityDesign } from '../propensity/requirements.ts';
import { clustersUnused } from '../propensity/warnings.ts';
import { type AnalysisInput, type Estimate, EstimationError, type Estimator, type RunContext } from '../types.ts';

/** docs/methods/propensity_matching.md, which also says why there is no bootstrap. */
export const propensityMatching: Estimator = Object.freeze<Estimator>({
  name: 'propensity_matching',
  title: 'One-to-one propensity-score matching',
  estimand: 'ATT',
  requires: ['y', 'treatment', 'covariates'],
  optional: [],
  treatment: 'binary',
  bootstrap: false,
  estimate,
});

function estimate(input: AnalysisInput, options: ResolvedOptions, context: RunContext): Estimate {
  const treatment = requirePropensityDesign(input);
  const model = propensityModel(input, context);
  const pairs = greedyPairs(model.scores, treatment, () => context.checkpoint());
  const n = pairs.treated.length;
  if (n < 2) throw new EstimationError(`matching needs at least two pairs for a standard error; there is ${n}`);
  const y = input.y.values;
  const treated = Float64Array.from(pairs.treated, (row) => y[row]!);
  const control = Float64Array.from(pairs.control, (row) => y[row]!);
  const differences = treated.map((value, k) => value - control[k]!);
  const effect = mean(differences);
  const stdError = Math.sqrt(variance(differences) / n);
  const { statistic, ...inference } = infer(effect, stdError, NORMAL, options.alpha);
  const apart = scoreDifference(model.scores, treatment, pairs);
  const nTreated = treatment.reduce((total, value) => total + value, 0);
  return Object.freeze({
    estimate: effect,
    ...inference,
    n: input.n,
    details: {
      n_pairs: n,
      n_treated_unmatched: nTreated - n,
      mean_treated: mean(treated),
      mean_control: mean(control),
      se_pooled: Math.sqrt((variance(treated) + variance(control)) / n),
      // CR1 of y on the treatment with pairs as clusters: G = n, N = 2n, k = 2.
      se_cluster_hc1: stdError * Math.sqrt((2 * n - 1) / (2 * n - 2)),
      largest_score_difference: largestDifference(model.scores, pairs),
      score_smd_after_matching: apart,
      covariance: 'paired differences',
      statistic,
      reference: NORMAL.kind,
      df: null,
    },
    warnings: [...unmatched(nTreated, n), ...farApart(apart), ...notBootstrapped(options), ...clustersUnused(input)],
  });
}

function largestDifference(scores: Float64Array, pairs: Pairs): number {
  let largest = 0;
  for (let k = 0; k < pairs.treated.length; k++) {
    largest = Math.max(largest, Math.abs(scores[pairs.treated[k]!]! - scores[pairs.control[k]!]!));
  }
  return largest;
}

/** Mean difference of the scores within pairs, in standard deviations of the scores (pooled over the groups). */
function scoreDifference(scores: Float64Array, treatment: Float64Array, pairs: Pairs): number {
  const { treated, control } = splitByTreatment(scores, treatment);
  const spread = Math.sqrt((variance(treated) + variance(control)) / 2);
  const differences = Float64Array.from(pairs.treated, (row, k) => scores[row]! - scores[pairs.control[k]!]!);
  return spread === 0 ? 0 : mean(differences) / spread;
}

/** The usual limit of a standardised difference that counts as balanced. */
const BALANCED = 0.1;

function farApart(smd: number): string[] {
  if (Math.abs(smd) <= BALANCED) return [];
  return [
    `the scores of the pairs still differ by ${smd.toFixed(2)} standard deviations on average: controls ran short near ` +
      'some treated rows, and the estimate carries the bias of that',
  ];
}

function unmatched(nTreated: number, n: number): string[] {
  if (nTreated === n) return [];
  return [
    `${nTreated - n} of ${nTreated} treated rows, those with the lowest scores, have no control left to be matched with: ` +
      'the effect is that on the matched ones',
  ];
}

function notBootstrapped(options: ResolvedOptions): string[] {
  if (options.bootstrap === 0) return [];
  return ['the bootstrap is not valid for matching (Abadie & Imbens 2008): the error shown is the analytic one'];
}
