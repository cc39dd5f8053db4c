import type { ResolvedOptions } from '@penstock/contracts';
import { effectiveSampleSize } from '../diagnostics/effective_sample_size.ts';
import { conclude } from '../inference/conclude.ts';
import { ones } from '../linalg/matrix.ts';
import type { AnalysisInput, Estimate, RunContext } from '../types.ts';
import { type ArmMean, hajekMean, horvitzThompsonMean, stackedInfluence } from './arm_mean.ts';
import { type ArmWeights, ateWeights, attWeights, type BothArms } from './arm_weights.ts';
import { influenceError } from './influence_error.ts';
import { type PropensityModel, propensityModel } from './model.ts';
import { requirePropensityDesign } from './requirements.ts';
import { scoreWarnings, tailWarnings } from './warnings.ts';

type Target = 'ATE' | 'ATT';

interface WeightedMeans {
  readonly model: PropensityModel;
  readonly arms: BothArms;
  readonly treated: ArmMean;
  readonly control: ArmMean;
}

/** Inverse-probability weighting: what ipw_ate and ipw_att share. */
export function ipwEstimate(
  input: AnalysisInput,
  options: ResolvedOptions,
  context: RunContext,
  name: string,
  target: Target,
): Estimate {
  const treatment = requirePropensityDesign(input);
  const means = weightedMeans(input, options, context, target);
  const { model, arms, treated, control } = means;
  const error = influenceError(stackedInfluence(treated, control, model, treatment), input, options);
  const conclusion = {
    name,
    n: input.n,
    estimate: treated.mean - control.mean,
    stdError: error.stdError,
    reference: error.reference,
    statistic: (resampled: AnalysisInput) => difference(weightedMeans(resampled, options, context, target)),
    details: {
      mu1: treated.mean,
      mu0: control.mean,
      normalization: options.ipw_normalization,
      ess: [effectiveSampleSize(arms.treated.weights), effectiveSampleSize(arms.control.weights)],
      ...fixedWeightErrors(input.y.values, means, options),
      ...error.details,
    },
    warnings: [
      ...error.warnings,
      ...scoreWarnings(model),
      ...tailWarnings('treated', arms.treated.weights),
      ...tailWarnings('control', arms.control.weights),
    ],
  };
  return conclude(conclusion, input, options, context);
}

function difference(means: WeightedMeans): number {
  return means.treated.mean - means.control.mean;
}

function weightedMeans(input: AnalysisInput, options: ResolvedOptions, context: RunContext, target: Target): WeightedMeans {
  const model = propensityModel(input, context);
  const treatment = input.treatment.values;
  const arms = target === 'ATE' ? ateWeights(model, treatment) : attWeights(model, treatment);
  const mean = (arm: ArmWeights) =>
    options.ipw_normalization === 'hajek'
      ? hajekMean(input.y.values, arm, model.design)
      : horvitzThompsonMean(input.y.values, arm, model.design, target === 'ATE' ? ones(input.n) : treatment);
  return { model, arms, treated: mean(arms.treated), control: mean(arms.control) };
}

/**
 * HC0 and HC2 of the weighted regression on a constant and the treatment, which take the weights as known.
 * That regression is the Hájek estimator, so there is nothing to show for Horvitz–Thompson.
 */
function fixedWeightErrors(y: Float64Array, means: WeightedMeans, options: ResolvedOptions): Record<string, unknown> {
  if (options.ipw_normalization !== 'hajek') {
    return {
      se_hc0_fixed_weights: null,
      se_hc2_fixed_weights: null,
      se_fixed_weights_reason: 'the Horvitz–Thompson estimator is not a weighted regression',
    };
  }
  const treated = fixedWeightVariance(y, means.arms.treated.weights, means.treated.mean);
  const control = fixedWeightVariance(y, means.arms.control.weights, means.control.mean);
  return {
    se_hc0_fixed_weights: Math.sqrt(treated.hc0 + control.hc0),
    se_hc2_fixed_weights: finiteOrNull(Math.sqrt(treated.hc2 + control.hc2)),
  };
}

/** HC2 does not exist for an arm of one row, whose leverage is one. */
function finiteOrNull(value: number): number | null {
  return Number.isFinite(value) ? value : null;
}

/** In an arm of this saturated regression a row's leverage is its share of the arm's weight. */
function fixedWeightVariance(y: Float64Array, weights: Float64Array, mean: number): { hc0: number; hc2: number } {
  let total = 0;
  for (const weight of weights) total += weight;
  let hc0 = 0;
  let hc2 = 0;
  for (let i = 0; i < y.length; i++) {
    if (weights[i] === 0) continue;
    const share = weights[i]! / total;
    const term = (share * (y[i]! - mean)) ** 2;
    hc0 += term;
    hc2 += term / (1 - share);
  }
  return { hc0, hc2 };
}
