import type { ResolvedOptions } from '@penstock/contracts';
import { mean } from '../diagnostics/moments.ts';
import { conclude } from '../inference/conclude.ts';
import { ateWeights } from '../propensity/arm_weights.ts';
import { influenceError } from '../propensity/influence_error.ts';
import { type PropensityModel, propensityModel } from '../propensity/model.ts';
import { outcomePredictions } from '../propensity/outcome_models.ts';
import { requirePropensityDesign } from '../propensity/requirements.ts';
import { scoreWarnings } from '../propensity/warnings.ts';
import type { AnalysisInput, Estimate, Estimator, RunContext } from '../types.ts';

/** docs/methods/aipw.md */
export const aipw: Estimator = Object.freeze<Estimator>({
  name: 'aipw',
  title: 'Augmented inverse-probability weighting (doubly robust)',
  estimand: 'ATE',
  requires: ['y', 'treatment', 'covariates'],
  optional: ['cluster'],
  treatment: 'binary',
  bootstrap: true,
  estimate,
});

function estimate(input: AnalysisInput, options: ResolvedOptions, context: RunContext): Estimate {
  requirePropensityDesign(input);
  const { model, scores1, scores0 } = doublyRobustScores(input, context);
  const [mu1, mu0] = [mean(scores1), mean(scores0)];
  const n = input.n;
  // The n − 1 denominator of a sample SD; clusters bring their own correction.
  const factor = options.covariance === 'cluster' ? 1 : Math.sqrt(n / (n - 1));
  const influence = scores1.map((value, i) => factor * (value - scores0[i]! - (mu1 - mu0)));
  const error = influenceError(influence, input, options);
  const conclusion = {
    name: 'aipw',
    n,
    estimate: mu1 - mu0,
    stdError: error.stdError,
    reference: error.reference,
    statistic: (resampled: AnalysisInput) => {
      const again = doublyRobustScores(resampled, context);
      return mean(again.scores1) - mean(again.scores0);
    },
    details: { mu1, mu0, ...riskRatio(input, options, scores1, scores0), ...error.details },
    warnings: [...error.warnings, ...scoreWarnings(model)],
  };
  return conclude(conclusion, input, options, context);
}

interface Scores {
  readonly model: PropensityModel;
  /** Uncentred influence functions of E Y(1) and E Y(0), length n each. */
  readonly scores1: Float64Array;
  readonly scores0: Float64Array;
}

/** m_w(x) + weight·(y − m_w(x)) for both arms (Robins, Rotnitzky & Zhao 1994). */
function doublyRobustScores(input: AnalysisInput, context: RunContext): Scores {
  const model = propensityModel(input, context);
  const predicted = outcomePredictions(input, model.design, model.fit.names, () => context.checkpoint());
  const arms = ateWeights(model, input.treatment.values);
  const y = input.y.values;
  const score = (expected: Float64Array, weights: Float64Array) =>
    expected.map((value, i) => value + weights[i]! * (y[i]! - value));
  return {
    model,
    scores1: score(predicted.treated, arms.treated.weights),
    scores0: score(predicted.control, arms.control.weights),
  };
}

/** For a 0/1 outcome with both means inside (0, 1]: their ratio and the delta-method error of its logarithm. */
function riskRatio(
  input: AnalysisInput,
  options: ResolvedOptions,
  scores1: Float64Array,
  scores0: Float64Array,
): Record<string, unknown> {
  const [mu1, mu0] = [mean(scores1), mean(scores0)];
  if (!(mu1 > 0 && mu0 > 0) || !input.y.values.every((value) => value === 0 || value === 1)) return {};
  const influence = scores1.map((value, i) => (value - mu1) / mu1 - (scores0[i]! - mu0) / mu0);
  return { risk_ratio: mu1 / mu0, log_risk_ratio_std_error: finiteOrNull(influenceError(influence, input, options).stdError) };
}

function finiteOrNull(value: number): number | null {
  return Number.isFinite(value) ? value : null;
}
