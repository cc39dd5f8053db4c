/** Kish's effective sample size (Σw)²/Σw²; rows of weight zero do not count. Null when all weights are zero. */
export function effectiveSampleSize(weights: Float64Array): number | null {
  let total = 0;
  let squares = 0;
  for (let i = 0; i < weights.length; i++) {
    total += weights[i]!;
    squares += weights[i]! ** 2;
  }
  return squares > 0 ? total ** 2 / squares : null;
}
