/** The Kolmogorov–Smirnov distance max |F1(x) − F0(x)| of two samples, both sorted ascending. */
export function ksDistance(first: Float64Array, second: Float64Array): number {
  let i = 0;
  let j = 0;
  let largest = 0;
  while (i < first.length && j < second.length) {
    const at = Math.min(first[i]!, second[j]!);
    while (i < first.length && first[i] === at) i++;
    while (j < second.length && second[j] === at) j++;
    largest = Math.max(largest, Math.abs(i / first.length - j / second.length));
  }
  return largest;
}
