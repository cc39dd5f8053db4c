import { incompleteBeta } from './incomplete_beta.ts';
import { deviance, stirlingError } from './log_gamma.ts';
import { solveUpperTail } from './solve_quantile.ts';

/** P(F ≤ f) for df1 and df2 degrees of freedom. */
export function fisherCdf(f: number, df1: number, df2: number): number {
  return parts(f, df1, df2).upper;
}

/** P(F > f) = I_{df2/(df2 + df1 f)}(df2/2, df1/2). */
export function fisherSurvival(f: number, df1: number, df2: number): number {
  return parts(f, df1, df2).lower;
}

function fisherDensity(f: number, df1: number, df2: number): number {
  const a = df1 / 2;
  const b = df2 / 2;
  const n = a + b;
  const x = (df1 * f) / (df2 + df1 * f);
  const y = df2 / (df2 + df1 * f);
  const exponent = stirlingError(n) - stirlingError(a) - stirlingError(b) - deviance(a, n * x) - deviance(b, n * y);
  return (Math.exp(exponent) * Math.sqrt((a * b) / (2 * Math.PI * n))) / f;
}

/** f with P(F ≤ f) = p, 0 < p < 1. */
export function fisherQuantile(p: number, df1: number, df2: number): number {
  if (!(p > 0 && p < 1)) throw new RangeError(`a probability lies in (0, 1); got ${p}`);
  const survival = (f: number) => fisherSurvival(f, df1, df2);
  return solveUpperTail({ survival, density: (f) => fisherDensity(f, df1, df2), start: 1, lower: 0 }, 1 - p);
}

function parts(f: number, df1: number, df2: number): { lower: number; upper: number } {
  if (f <= 0) return { lower: 1, upper: 0 };
  if (f === Infinity) return { lower: 0, upper: 1 };
  const total = df2 + df1 * f;
  return incompleteBeta(df2 / 2, df1 / 2, df2 / total, (df1 * f) / total);
}
