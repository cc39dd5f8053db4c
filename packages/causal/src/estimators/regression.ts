import { covariance, standardErrors } from '../fit/covariance.ts';
import { covarianceChoice } from '../fit/covariance_choice.ts';
import type { LeastSquaresFit } from '../fit/least_squares.ts';
import { regressionDetails } from '../fit/regression_details.ts';
import { conclude } from '../inference/conclude.ts';
import type { AnalysisInput, Estimator, RunContext } from '../types.ts';

/** Where the treatment stands in the design: after the constant. */
const TREATMENT = 1;

/**
 * An estimator whose estimate is the treatment's coefficient in a least-squares regression of the outcome.
 * @param regress fits a design of a constant, the treatment and then anything
 */
export function regressionEstimator(
  about: Pick<Estimator, 'name' | 'title' | 'estimand' | 'treatment'>,
  regress: (input: AnalysisInput, context: RunContext) => LeastSquaresFit,
): Estimator {
  return Object.freeze<Estimator>({
    ...about,
    requires: ['y', 'treatment'],
    optional: ['covariates', 'cluster', 'weight'],
    bootstrap: true,
    estimate(input, options, context) {
      const spec = covarianceChoice(input, options);
      const fit = regress(input, context);
      const { matrix, df, warnings } = covariance(fit, spec, () => context.checkpoint());
      const stdErrors = standardErrors(matrix);
      return conclude(
        {
          name: about.name,
          estimate: fit.coefficients[TREATMENT]!,
          n: fit.n,
          stdError: stdErrors[TREATMENT]!,
          reference: { kind: 't', df },
          details: regressionDetails(fit, input.y.values, stdErrors, spec, input.weight),
          warnings,
          statistic: (resampled) => regress(resampled, context).coefficients[TREATMENT]!,
        },
        input,
        options,
        context,
      );
    },
  });
}
