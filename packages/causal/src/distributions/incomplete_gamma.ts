import { deviance, stirlingError } from './log_gamma.ts';

/** P(a, x) and Q(a, x) = 1 − P(a, x), each without cancellation; a > 0, x ≥ 0. */
export function incompleteGamma(a: number, x: number): { lower: number; upper: number } {
  if (x <= 0) return { lower: 0, upper: 1 };
  if (x === Infinity) return { lower: 1, upper: 0 };
  if (x < a + 1) {
    const lower = front(a, x) * series(a, x);
    return { lower, upper: 1 - lower };
  }
  const upper = front(a, x) * a * fraction(a, x);
  return { lower: 1 - upper, upper };
}

/** x^a e^−x / Γ(a + 1), by the saddle-point form of the Poisson probability (Loader 2000). */
function front(a: number, x: number): number {
  return Math.exp(-stirlingError(a) - deviance(a, x)) / Math.sqrt(2 * Math.PI * a);
}

/** Σ x^m / ((a+1)…(a+m)): NIST DLMF 8.11.4. */
function series(a: number, x: number): number {
  let term = 1;
  let sum = 1;
  for (let m = 1; m < 100_000; m++) {
    term *= x / (a + m);
    sum += term;
    if (term < sum * 1e-17) break;
  }
  return sum;
}

/** Γ(a, x) x^−a e^x as a continued fraction (DLMF 8.9.2), evaluated by Lentz's method. */
function fraction(a: number, x: number): number {
  const tiny = 1e-300;
  let b = x + 1 - a;
  let c = 1 / tiny;
  let d = 1 / b;
  let result = d;
  for (let m = 1; m < 100_000; m++) {
    const numerator = -m * (m - a);
    b += 2;
    d = 1 / nonZero(numerator * d + b, tiny);
    c = nonZero(b + numerator / c, tiny);
    result *= d * c;
    if (Math.abs(d * c - 1) < 1e-16) break;
  }
  return result;
}

function nonZero(value: number, tiny: number): number {
  return Math.abs(value) < tiny ? tiny : value;
}
