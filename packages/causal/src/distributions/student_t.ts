import { incompleteBeta } from './incomplete_beta.ts';
import { stirlingError } from './log_gamma.ts';
import { normalUpperQuantile } from './normal.ts';
import { solveUpperTail } from './solve_quantile.ts';

/** Density of Student's t; df > 0, not necessarily whole. */
function studentDensity(x: number, df: number): number {
  const half = df / 2;
  // Γ(half + ½) / Γ(half), from Γ(v + 1) = v^(v+½) e^−v √(2π) e^stirlingError(v), with no difference of large numbers.
  const ratio =
    Math.exp(stirlingError(half + 0.5) - stirlingError(half) + (half + 0.5) * Math.log1p(0.5 / half) - 0.5) *
    Math.sqrt((half * half) / (half + 0.5));
  return ((ratio / Math.sqrt(half)) * Math.exp(-(half + 0.5) * Math.log1p((x * x) / df))) / Math.sqrt(2 * Math.PI);
}

/** P(T ≤ x). */
export function studentCdf(x: number, df: number): number {
  return studentSurvival(-x, df);
}

/** P(T > x): ½ I_{df/(df+x²)}(df/2, ½) for x ≥ 0. */
export function studentSurvival(x: number, df: number): number {
  if (!(df > 0)) throw new RangeError(`degrees of freedom must be positive; got ${df}`);
  const square = x * x;
  const { lower, upper } =
    square === Infinity ? { lower: 0, upper: 1 } : incompleteBeta(df / 2, 0.5, df / (df + square), square / (df + square));
  return x >= 0 ? 0.5 * lower : 0.5 * (1 + upper);
}

/** t with P(T > t) = tail, 0 < tail < 1. */
export function studentUpperQuantile(tail: number, df: number): number {
  if (!(tail > 0 && tail < 1)) throw new RangeError(`a tail probability lies in (0, 1); got ${tail}`);
  if (tail > 0.5) return -studentUpperQuantile(1 - tail, df);
  if (tail === 0.5) return 0;
  const start = normalUpperQuantile(tail);
  const survival = (x: number) => studentSurvival(x, df);
  return solveUpperTail({ survival, density: (x) => studentDensity(x, df), start, lower: 0 }, tail);
}

/** t with P(T ≤ t) = p. */
export function studentQuantile(p: number, df: number): number {
  return p < 0.5 ? -studentUpperQuantile(p, df) : studentUpperQuantile(1 - p, df);
}
