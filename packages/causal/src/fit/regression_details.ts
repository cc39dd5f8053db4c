import type { AnalysisInput } from '../types.ts';
import { coefficientTable } from './coefficient_table.ts';
import type { CovarianceSpec } from './covariance.ts';
import { describeCovariance } from './covariance_choice.ts';
import { goodness } from './goodness.ts';
import type { LeastSquaresFit } from './least_squares.ts';

/**
 * What every regression tells of itself: coefficients with errors, goodness of fit, weight column, covariance.
 * @param outcome the regression's left-hand side, length n
 * @param stdErrors of the coefficients, in their order
 */
export function regressionDetails(
  fit: LeastSquaresFit,
  outcome: Float64Array,
  stdErrors: Float64Array,
  spec: CovarianceSpec,
  weight: AnalysisInput['weight'],
) {
  return {
    coefficients: coefficientTable(fit.names, fit.coefficients, stdErrors),
    ...goodness(fit, outcome),
    df_residual: fit.dfResidual,
    weighted_by: weight?.name ?? null,
    ...describeCovariance(spec),
  };
}
