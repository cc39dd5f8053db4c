import { finiteOrNull } from './coefficient_table.ts';
import { weightedMean } from './design.ts';
import type { LeastSquaresFit } from './least_squares.ts';

/** R² about the mean (null for a constant outcome) and the residual standard deviation sqrt(rss / (n − k)). */
export function goodness(fit: LeastSquaresFit, y: Float64Array): { r2: number | null; sigma: number | null } {
  const mean = weightedMean(y, fit.weights);
  let total = 0;
  for (let i = 0; i < y.length; i++) total += (fit.weights ? fit.weights[i]! : 1) * (y[i]! - mean) ** 2;
  return {
    r2: finiteOrNull(1 - fit.rss / total),
    sigma: fit.dfResidual > 0 ? finiteOrNull(Math.sqrt(fit.rss / fit.dfResidual)) : null,
  };
}
