import { coefficientTable } from '../fit/coefficient_table.ts';
import { covariance, standardErrors } from '../fit/covariance.ts';
import { covarianceChoice, describeCovariance } from '../fit/covariance_choice.ts';
import { designOf } from '../fit/design.ts';
import { goodness } from '../fit/goodness.ts';
import { type LeastSquaresFit, leastSquares } from '../fit/least_squares.ts';
import { conclude } from '../inference/conclude.ts';
import type { AnalysisInput, Estimator, RunContext } from '../types.ts';

const name = 'ols';
/** Where the treatment stands in the design: after the constant. */
const TREATMENT = 1;

/** Linear regression of the outcome on treatment and covariates: docs/methods/ols.md. */
export const ols: Estimator = Object.freeze<Estimator>({
  name,
  title: 'Linear regression',
  estimand: 'coefficient',
  requires: ['y', 'treatment'],
  optional: ['covariates', 'cluster', 'weight'],
  treatment: 'any numeric',
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
  const { matrix, names } = designOf(input.n, [input.treatment, ...input.covariates], () => context.checkpoint());
  return leastSquares(matrix, names, input.y.values, input.weight?.values, () => context.checkpoint());
}
