import { coefficientTable, finiteOrNull } from '../fit/coefficient_table.ts';
import { type Covariance, covariance, standardErrors } from '../fit/covariance.ts';
import { covarianceChoice, describeCovariance } from '../fit/covariance_choice.ts';
import { conclude } from '../inference/conclude.ts';
import { firstStageReport, weakInstrumentWarnings } from '../instruments/first_stage.ts';
import { sargan, wuHausman } from '../instruments/specification_tests.ts';
import { type TwoStageFit, twoStageLeastSquares } from '../instruments/two_stage.ts';
import { type Estimator, NotApplicable } from '../types.ts';

const name = 'iv_2sls';
/** Where the treatment stands in the second stage: after the constant. */
const TREATMENT = 1;

/** Two-stage least squares: docs/methods/iv_2sls.md. */
export const iv2sls: Estimator = Object.freeze<Estimator>({
  name,
  title: 'Two-stage least squares',
  estimand: 'LATE',
  requires: ['y', 'treatment', 'instruments'],
  optional: ['covariates', 'cluster', 'weight'],
  treatment: 'any numeric',
  bootstrap: true,
  estimate(input, options, context) {
    if (input.instruments.length === 0) throw new NotApplicable("no column has the role 'instruments'");
    const spec = covarianceChoice(input, options);
    const fit = twoStageLeastSquares(input, () => context.checkpoint());
    const { matrix, df, warnings }: Covariance = covariance(fit.second, spec, () => context.checkpoint());
    const stdErrors = standardErrors(matrix);
    const firstStage = firstStageReport(input, fit, spec, () => context.checkpoint());
    const details = {
      coefficients: coefficientTable(fit.second.names, fit.second.coefficients, stdErrors),
      sigma: sigmaOf(fit),
      df_residual: fit.second.dfResidual,
      first_stage: firstStage,
      wu_hausman: wuHausman(input, fit, () => context.checkpoint()),
      sargan: sargan(input, fit, () => context.checkpoint()),
      weighted_by: input.weight?.name ?? null,
      ...describeCovariance(spec),
    };
    return conclude(
      {
        name,
        estimate: fit.second.coefficients[TREATMENT]!,
        n: fit.second.n,
        stdError: stdErrors[TREATMENT]!,
        reference: { kind: 't', df },
        details,
        warnings: [...warnings, ...weakInstrumentWarnings(firstStage)],
        statistic: (resampled) => twoStageLeastSquares(resampled, () => context.checkpoint()).second.coefficients[TREATMENT]!,
      },
      input,
      options,
      context,
    );
  },
});

function sigmaOf({ second }: TwoStageFit): number | null {
  return second.dfResidual > 0 ? finiteOrNull(Math.sqrt(second.rss / second.dfResidual)) : null;
}
