/** Sum of `values`, compensated (Neumaier), so that its error does not grow with n. */
export function sum(values: Float64Array): number {
  let total = 0;
  let lost = 0;
  for (let i = 0; i < values.length; i++) {
    const value = values[i]!;
    const next = total + value;
    lost += Math.abs(total) >= Math.abs(value) ? total - next + value : value - next + total;
    total = next;
  }
  return total + lost;
}

export function mean(values: Float64Array): number {
  return sum(values) / values.length;
}

/** Sample variance, n − 1 denominator; NaN below two values, exactly 0 for a constant. Two passes. */
export function variance(values: Float64Array): number {
  const centre = mean(values);
  let squares = 0;
  let varies = false;
  for (let i = 0; i < values.length; i++) {
    squares += (values[i]! - centre) ** 2;
    varies ||= values[i] !== values[0];
  }
  if (values.length < 2) return Number.NaN;
  return varies ? squares / (values.length - 1) : 0;
}

/** Σ weight·value / Σ weight over all rows; rows outside the group carry weight zero. */
export function weightedMean(values: Float64Array, weights: Float64Array): number {
  let top = 0;
  let bottom = 0;
  for (let i = 0; i < values.length; i++) {
    top += weights[i]! * values[i]!;
    bottom += weights[i]!;
  }
  return top / bottom;
}
