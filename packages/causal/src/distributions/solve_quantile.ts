interface Tail {
  /** P(X > x). */
  readonly survival: (x: number) => number;
  readonly density: (x: number) => number;
  /** Where to start, inside the support. */
  readonly start: number;
  readonly lower: number;
}

/**
 * x with P(X > x) = tail, 0 < tail < 1, by Newton's method on ln P, kept inside a bracket that only shrinks.
 * In logarithms the far tail is nearly straight, so that it converges there too.
 */
export function solveUpperTail(distribution: Tail, tail: number): number {
  const { survival, density } = distribution;
  let low = distribution.lower;
  let high = Infinity;
  let x = distribution.start;
  for (let iteration = 0; iteration < 500; iteration++) {
    const value = survival(x);
    if (value === tail) return x;
    if (value > tail) low = x;
    else high = x;
    const slope = density(x);
    const newton = x + (value * Math.log(value / tail)) / slope;
    const next = newton > low && newton < high ? newton : midway(x, low, high);
    if (Math.abs(next - x) <= 1e-15 * Math.abs(next)) return next;
    x = next;
  }
  return x;
}

function midway(x: number, low: number, high: number): number {
  if (high === Infinity) return x > 0 ? 2 * x : 1;
  if (low === -Infinity) return x < 0 ? 2 * x : -1;
  return (low + high) / 2;
}
