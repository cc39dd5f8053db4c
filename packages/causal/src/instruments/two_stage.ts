import { designOf } from '../fit/design.ts';
import { type LeastSquaresFit, leastSquares } from '../fit/least_squares.ts';
import { multiplyVector } from '../linalg/products.ts';
import type { AnalysisInput } from '../types.ts';

export interface TwoStageFit {
  /** Treatment on constant, covariates and instruments (in this order). */
  readonly first: LeastSquaresFit;
  /**
   * Outcome on constant, fitted treatment and covariates; `residuals` and `rss` are those of the structural
   * equation, with the treatment itself.
   */
  readonly second: LeastSquaresFit;
}

/**
 * @throws EstimationError when instruments and covariates are collinear, or the instruments do not move the treatment
 */
export function twoStageLeastSquares(input: AnalysisInput, checkpoint: () => void): TwoStageFit {
  const weights = input.weight?.values;
  const outer = designOf(input.n, [...input.covariates, ...input.instruments], checkpoint);
  const first = leastSquares(outer.matrix, outer.names, input.treatment.values, weights, checkpoint);
  const projected = designOf(input.n, [{ name: input.treatment.name, values: first.fitted }, ...input.covariates], checkpoint);
  const fit = leastSquares(projected.matrix, projected.names, input.y.values, weights, checkpoint);

  const structural = designOf(input.n, [input.treatment, ...input.covariates], checkpoint);
  const fitted = multiplyVector(structural.matrix, fit.coefficients);
  const residuals = input.y.values.map((value, i) => value - fitted[i]!);
  let rss = 0;
  for (let i = 0; i < residuals.length; i++) rss += (weights ? weights[i]! : 1) * residuals[i]! ** 2;
  return { first, second: { ...fit, fitted, residuals, rss } };
}
