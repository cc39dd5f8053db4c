const HALF_LOG_TWO_PI = 0.9189385332046728;

/**
 * ln Γ(x + 1) − [(x + ½) ln x − x + ½ ln 2π]: the error of Stirling's formula, x > 0.
 * Above 10 the asymptotic series; below, the recurrence of Γ (Loader 2000, "Fast and accurate computation of
 * binomial probabilities").
 */
export function stirlingError(x: number): number {
  if (x >= 10) return stirlingSeries(x);
  return logGamma(x + 1) - ((x + 0.5) * Math.log(x) - x + HALF_LOG_TWO_PI);
}

/** ln Γ(x), x > 0. */
function logGamma(x: number): number {
  let shifted = x;
  let product = 1;
  while (shifted < 10) product *= shifted++;
  return (shifted - 0.5) * Math.log(shifted) - shifted + HALF_LOG_TWO_PI + stirlingSeries(shifted) - Math.log(product);
}

/** Σ B_2m / (2m (2m−1) x^(2m−1)); seven terms leave 3e-17 at x = 10. */
function stirlingSeries(x: number): number {
  const s = 1 / (x * x);
  const inner = 1 / 1680 - s * (1 / 1188 - s * (691 / 360360 - s / 156));
  return (1 / 12 - s * (1 / 360 - s * (1 / 1260 - s * inner))) / x;
}

/** x ln(x / mean) + mean − x, without cancellation where x is near the mean (Loader's bd0). */
export function deviance(x: number, mean: number): number {
  if (Math.abs(x - mean) >= 0.1 * (x + mean)) return x * Math.log(x / mean) + mean - x;
  const v = (x - mean) / (x + mean);
  let sum = (x - mean) * v;
  let term = 2 * x * v;
  for (let j = 1; j < 1000; j++) {
    term *= v * v;
    const next = sum + term / (2 * j + 1);
    if (next === sum) return next;
    sum = next;
  }
  return sum;
}
