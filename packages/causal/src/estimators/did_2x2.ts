import { covariance, standardErrors } from '../fit/covariance.ts';
import { covarianceChoice } from '../fit/covariance_choice.ts';
import { regressionDetails } from '../fit/regression_details.ts';
import { conclude } from '../inference/conclude.ts';
import { cellMeans } from '../panel/cell_means.ts';
import { type DidRegression, didRegression } from '../panel/did_regression.ts';
import type { Estimator } from '../types.ts';

const name = 'did_2x2';

/** Difference in differences of two groups and two periods: docs/methods/did_2x2.md. */
export const did2x2: Estimator = Object.freeze<Estimator>({
  name,
  title: 'Difference in differences (2×2)',
  estimand: 'ATT',
  requires: ['y', 'treatment', 'time'],
  optional: ['unit_id', 'covariates', 'cluster', 'weight'],
  treatment: 'binary',
  bootstrap: true,
  estimate(input, options, context) {
    const regression = didRegression(input, () => context.checkpoint());
    const { fit, position, periods } = regression;
    const spec = covarianceChoice(regression, options);
    const { matrix, df, warnings } = covariance(fit, spec, () => context.checkpoint());
    const stdErrors = standardErrors(matrix);
    const details = {
      design: regression.design,
      periods: [periods.before, periods.after],
      units: regression.design === 'panel' ? fit.n : null,
      rows_used: regression.rows.length,
      units_in_one_period: regression.unpaired,
      means: cellMeans(input, regression),
      ...regressionDetails(fit, regression.outcome, stdErrors, spec, input.weight),
    };
    return conclude(
      {
        name,
        estimate: fit.coefficients[position]!,
        n: fit.n,
        stdError: stdErrors[position]!,
        reference: { kind: 't', df },
        details,
        warnings: [...warnings, ...unpairedWarning(regression)],
        statistic: (resampled) => effectOf(didRegression(resampled, () => context.checkpoint())),
      },
      input,
      options,
      context,
    );
  },
});

function effectOf({ fit, position }: DidRegression): number {
  return fit.coefficients[position]!;
}

function unpairedWarning({ unpaired }: DidRegression): string[] {
  return unpaired === 0 ? [] : [`${unpaired} units seen in one period only are left out`];
}
