import { bisectRight } from 'd3-array';

export interface Bin {
  readonly from: number;
  readonly to: number;
  readonly count: number;
  /** Count over the group's rows, drawn or not. */
  readonly share: number;
}

/** Edges of equal width, or of equal ratio. */
export function edges(kind: 'linear' | 'log', [low, high]: readonly [number, number], bins: number): readonly number[] {
  return Array.from({ length: bins + 1 }, (_, index) => {
    if (index === 0) return low;
    if (index === bins) return high;
    const part = index / bins;
    return kind === 'linear' ? low + part * (high - low) : low * (high / low) ** part;
  });
}

/** Counts between edges, values outside left out; each bin holds its lower edge, the last one its upper edge too. Shares are of `total`. */
export function histogram(values: readonly number[], at: readonly number[], total: number): readonly Bin[] {
  const inner = at.slice(1, -1);
  const counts = new Uint32Array(at.length - 1);
  for (const value of values) {
    if (value < at[0]! || value > at.at(-1)!) continue;
    const index = bisectRight(inner, value);
    counts[index] = counts[index]! + 1;
  }
  return Array.from(counts, (count, index) => ({ from: at[index]!, to: at[index + 1]!, count, share: count / total }));
}

/** Rice's rule for the smaller group, within 10 to 50 and dividing 100. */
export function binCount(rows: number): number {
  const wanted = 2 * Math.cbrt(rows);
  return [10, 20, 25, 50].find((count) => count >= wanted) ?? 50;
}
