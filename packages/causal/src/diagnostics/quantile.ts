/**
 * Quantiles of type 7 (Hyndman & Fan 1996): linear interpolation at (n − 1)·p, R's and numpy's default.
 * @param sorted ascending, at least one value
 */
export function quantile7(sorted: Float64Array, p: number): number {
  return interpolate(sorted, (sorted.length - 1) * p);
}

/** The k/parts quantile: the position is exact where (n − 1)·k divides by parts, which (n − 1)·p is not in floating point. */
export function fractile7(sorted: Float64Array, k: number, parts: number): number {
  return interpolate(sorted, ((sorted.length - 1) * k) / parts);
}

function interpolate(sorted: Float64Array, position: number): number {
  // Positions such as 100 · 0.29 fall a few ulps short of the integer that is meant.
  const below = Math.floor(position + 4 * Number.EPSILON * Math.max(1, position));
  const fraction = Math.max(0, position - below);
  const low = sorted[below]!;
  if (fraction === 0 || below + 1 >= sorted.length) return low;
  return low + fraction * (sorted[below + 1]! - low);
}
