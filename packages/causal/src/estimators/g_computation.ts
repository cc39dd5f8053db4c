import type { ResolvedOptions } from '@penstock/contracts';
import { covariance, standardErrors } from '../fit/covariance.ts';
import { covarianceChoice } from '../fit/covariance_choice.ts';
import { designOf, interaction, weightedMean } from '../fit/design.ts';
import { functionalVariance } from '../fit/functional.ts';
import { type LeastSquaresFit, leastSquares } from '../fit/least_squares.ts';
import { regressionDetails } from '../fit/regression_details.ts';
import { binaryTreatment } from '../fit/treatment.ts';
import { conclude } from '../inference/conclude.ts';
import { NORMAL } from '../inference/interval.ts';
import { dot } from '../linalg/kernels.ts';
import { type AnalysisInput, type Column, type Estimator, NotApplicable, type RunContext } from '../types.ts';

const name = 'g_computation';

/** Standardisation of a linear outcome model over the covariates (Robins 1986): docs/methods/g_computation.md. */
export const gComputation: Estimator = Object.freeze<Estimator>({
  name,
  title: 'G-computation (standardisation)',
  estimand: 'ATE',
  requires: ['y', 'treatment'],
  optional: ['covariates', 'cluster', 'weight'],
  treatment: 'binary',
  bootstrap: true,
  estimate(input, options, context) {
    const spec = covarianceChoice(input, options);
    const { fit, modifiers, estimate, gradient, effects, mean0 } = standardise(input, options, context);
    const { matrix, warnings } = covariance(fit, spec, () => context.checkpoint());
    const influence = ownInfluence(effects, estimate, fit.weights);
    const error = functionalVariance(fit, gradient, influence, spec, () => context.checkpoint());
    const details = {
      mean1: mean0 + estimate,
      mean0,
      interactions: modifiers,
      ...regressionDetails(fit, input.y.values, standardErrors(matrix), spec, input.weight),
    };
    return conclude(
      {
        name,
        estimate,
        n: fit.n,
        stdError: Math.sqrt(error.variance),
        reference: error.df === null ? NORMAL : { kind: 't', df: error.df },
        details,
        warnings: [...new Set([...warnings, ...error.warnings])],
        statistic: (resampled) => standardise(resampled, options, context).estimate,
      },
      input,
      options,
      context,
    );
  },
});

interface Standardised {
  readonly fit: LeastSquaresFit;
  /** Names of the covariates that interact with the treatment. */
  readonly modifiers: readonly string[];
  readonly estimate: number;
  /** Derivative of the estimate by the coefficients, length k. */
  readonly gradient: Float64Array;
  /** Predicted effect of each row, length n. */
  readonly effects: Float64Array;
  /** Mean prediction with everyone untreated. */
  readonly mean0: number;
}

function standardise(input: AnalysisInput, options: ResolvedOptions, context: RunContext): Standardised {
  const treatment = { name: input.treatment.name, values: binaryTreatment(input) };
  const weights = input.weight?.values;
  const modifiers = modifiersOf(input.covariates, options.outcome_interactions);
  const columns = [treatment, ...input.covariates, ...modifiers.map((modifier) => interaction(treatment, modifier))];
  const { matrix, names } = designOf(input.n, columns, () => context.checkpoint());
  const fit = leastSquares(matrix, names, input.y.values, weights, () => context.checkpoint());
  const first = 2 + input.covariates.length;
  const gradient = new Float64Array(names.length);
  gradient[1] = 1;
  const effects = new Float64Array(input.n).fill(fit.coefficients[1]!);
  modifiers.forEach(({ values }, m) => {
    gradient[first + m] = weightedMean(values, weights);
    const slope = fit.coefficients[first + m]!;
    for (let i = 0; i < effects.length; i++) effects[i] = effects[i]! + slope * values[i]!;
  });
  const untreated = fit.fitted.map((value, i) => value - treatment.values[i]! * effects[i]!);
  const estimate = dot(gradient, fit.coefficients);
  const mean0 = weightedMean(untreated, weights);
  return { fit, modifiers: modifiers.map((modifier) => modifier.name), estimate, gradient, effects, mean0 };
}

/** A listed text column stands for all its dummies, which are named 'column=level'. */
function modifiersOf(covariates: readonly Column[], asked: ResolvedOptions['outcome_interactions']): readonly Column[] {
  if (asked === 'all') return covariates;
  if (asked === 'none') return [];
  const matches = (wanted: string) =>
    covariates.filter((covariate) => covariate.name === wanted || covariate.name.startsWith(`${wanted}=`));
  for (const wanted of asked) {
    if (matches(wanted).length > 0) continue;
    const known = covariates.map((covariate) => `'${covariate.name}'`).join(', ');
    throw new NotApplicable(`outcome_interactions names '${wanted}', which is no covariate; covariates are ${known || 'none'}`);
  }
  const chosen = new Set(asked.flatMap(matches));
  return covariates.filter((covariate) => chosen.has(covariate));
}

/** w_i (effect_i − estimate) / Σ w: what averaging over a sample of covariates adds to the error. */
function ownInfluence(effects: Float64Array, estimate: number, weights?: Float64Array): Float64Array {
  const total = weights ? weights.reduce((sum, weight) => sum + weight, 0) : effects.length;
  return effects.map((effect, i) => ((weights ? weights[i]! : 1) * (effect - estimate)) / total);
}
