import { coefficientTable } from '../fit/coefficient_table.ts';
import { covariance, standardErrors } from '../fit/covariance.ts';
import { covarianceChoice, describeCovariance } from '../fit/covariance_choice.ts';
import { designOf, interaction, weightedMean } from '../fit/design.ts';
import { goodness } from '../fit/goodness.ts';
import { type LeastSquaresFit, leastSquares } from '../fit/least_squares.ts';
import { binaryTreatment } from '../fit/treatment.ts';
import { conclude } from '../inference/conclude.ts';
import type { AnalysisInput, Estimator, RunContext } from '../types.ts';

const name = 'lin';
/** Where the treatment stands in the design: after the constant. */
const TREATMENT = 1;

/** Regression on treatment, centred covariates and all their products (Lin 2013): docs/methods/lin.md. */
export const lin: Estimator = Object.freeze<Estimator>({
  name,
  title: "Lin's interacted regression",
  estimand: 'ATE',
  requires: ['y', 'treatment'],
  optional: ['covariates', 'cluster', 'weight'],
  treatment: 'binary',
  bootstrap: true,
  estimate(input, options, context) {
    const spec = covarianceChoice(input, options);
    const fit = regress(input, context);
    const { matrix, df, warnings } = covariance(fit, spec, () => context.checkpoint());
    const stdErrors = standardErrors(matrix);
    const details = {
      coefficients: coefficientTable(fit.names, fit.coefficients, stdErrors),
      ...goodness(fit, input.y.values),
      df_residual: fit.dfResidual,
      weighted_by: input.weight?.name ?? null,
      ...describeCovariance(spec),
    };
    return conclude(
      {
        name,
        estimate: fit.coefficients[TREATMENT]!,
        n: fit.n,
        stdError: stdErrors[TREATMENT]!,
        reference: { kind: 't', df },
        details,
        warnings,
        statistic: (resampled) => regress(resampled, context).coefficients[TREATMENT]!,
      },
      input,
      options,
      context,
    );
  },
});

function regress(input: AnalysisInput, context: RunContext): LeastSquaresFit {
  const treatment = { name: input.treatment.name, values: binaryTreatment(input) };
  const weights = input.weight?.values;
  const centred = input.covariates.map((covariate) => {
    context.checkpoint();
    const mean = weightedMean(covariate.values, weights);
    return { name: covariate.name, values: covariate.values.map((value) => value - mean) };
  });
  const products = centred.map((covariate) => {
    context.checkpoint();
    return interaction(treatment, covariate);
  });
  const { matrix, names } = designOf(input.n, [treatment, ...centred, ...products], () => context.checkpoint());
  return leastSquares(matrix, names, input.y.values, weights, () => context.checkpoint());
}
