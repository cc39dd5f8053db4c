import { designOf } from '../fit/design.ts';
import { type LeastSquaresFit, leastSquares } from '../fit/least_squares.ts';
import type { AnalysisInput, RunContext } from '../types.ts';
import { regressionEstimator } from './regression.ts';

/** Linear regression of the outcome on treatment and covariates: docs/methods/ols.md. */
export const ols = regressionEstimator(
  { name: 'ols', title: 'Linear regression', estimand: 'coefficient', treatment: 'any numeric' },
  regress,
);

function regress(input: AnalysisInput, context: RunContext): LeastSquaresFit {
  const { matrix, names } = designOf(input.n, [input.treatment, ...input.covariates], () => context.checkpoint());
  return leastSquares(matrix, names, input.y.values, input.weight?.values, () => context.checkpoint());
}
