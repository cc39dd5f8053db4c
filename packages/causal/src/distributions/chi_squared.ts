import { incompleteGamma } from './incomplete_gamma.ts';
import { deviance, stirlingError } from './log_gamma.ts';
import { solveUpperTail } from './solve_quantile.ts';

/** P(X ≤ x), df > 0. */
export function chiSquaredCdf(x: number, df: number): number {
  return incompleteGamma(df / 2, x / 2).lower;
}

/** P(X > x). */
export function chiSquaredSurvival(x: number, df: number): number {
  return incompleteGamma(df / 2, x / 2).upper;
}

function chiSquaredDensity(x: number, df: number): number {
  const half = df / 2;
  const poisson = Math.exp(-stirlingError(half) - deviance(half, x / 2)) / Math.sqrt(2 * Math.PI * half);
  return (poisson * half) / x;
}

/** x with P(X ≤ x) = p, 0 < p < 1. */
export function chiSquaredQuantile(p: number, df: number): number {
  if (!(p > 0 && p < 1)) throw new RangeError(`a probability lies in (0, 1); got ${p}`);
  const survival = (x: number) => chiSquaredSurvival(x, df);
  return solveUpperTail({ survival, density: (x) => chiSquaredDensity(x, df), start: df, lower: 0 }, 1 - p);
}
