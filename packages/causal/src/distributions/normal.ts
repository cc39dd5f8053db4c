import { incompleteGamma } from './incomplete_gamma.ts';
import { solveUpperTail } from './solve_quantile.ts';

/** φ(x). */
function normalDensity(x: number): number {
  return Math.exp(-0.5 * x * x) / Math.sqrt(2 * Math.PI);
}

/** P(Z ≤ x). */
export function normalCdf(x: number): number {
  return normalSurvival(-x);
}

/** P(Z > x), accurate relative to its own size far into the tail. */
export function normalSurvival(x: number): number {
  const { lower, upper } = incompleteGamma(0.5, 0.5 * x * x);
  return x >= 0 ? 0.5 * upper : 0.5 * (1 + lower);
}

/** z with P(Z > z) = tail, 0 < tail < 1. */
export function normalUpperQuantile(tail: number): number {
  if (!(tail > 0 && tail < 1)) throw new RangeError(`a tail probability lies in (0, 1); got ${tail}`);
  if (tail > 0.5) return -normalUpperQuantile(1 - tail);
  if (tail === 0.5) return 0;
  const start = Math.sqrt(-2 * Math.log(2 * tail)) * 0.9 + 1e-3;
  return solveUpperTail({ survival: normalSurvival, density: normalDensity, start, lower: 0 }, tail);
}

/** z with P(Z ≤ z) = p. */
export function normalQuantile(p: number): number {
  return p < 0.5 ? -normalUpperQuantile(p) : normalUpperQuantile(1 - p);
}
