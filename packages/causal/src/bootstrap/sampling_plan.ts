import type { Random } from '@penstock/clock';
import type { AnalysisInput, Codes } from '../types.ts';

/** What is drawn with replacement: rows, or all rows of a group together. */
interface SamplingPlan {
  readonly resampled: 'rows' | 'clusters' | 'units';
  /** The column whose groups are drawn. */
  readonly column: string | null;
  readonly warnings: readonly string[];
  draw(random: Random): { readonly rows: Int32Array; readonly block: Int32Array };
}

/**
 * Clusters where they are mapped (of two, the column with fewer groups, with a warning); units where the same unit
 * is seen in several periods; otherwise single rows.
 */
export function samplingPlan(input: AnalysisInput): SamplingPlan {
  if (input.clusters.length > 0) {
    const [fewest] = [...input.clusters].sort((a, b) => a.levels.length - b.levels.length);
    const warnings =
      input.clusters.length > 1 ? [`the bootstrap drew clusters of '${fewest!.name}' alone: it has no two-way form here`] : [];
    return groupPlan('clusters', fewest!, warnings);
  }
  if (input.time && input.unit && new Set(input.unit.codes).size < input.n) return groupPlan('units', input.unit, []);
  return {
    resampled: 'rows',
    column: null,
    warnings: [],
    draw: (random) => {
      const rows = Int32Array.from({ length: input.n }, () => random.below(input.n));
      return { rows, block: rows.map((_, i) => i) };
    },
  };
}

function groupPlan(resampled: 'clusters' | 'units', groups: Codes, warnings: readonly string[]): SamplingPlan {
  const members = new Map<number, number[]>();
  groups.codes.forEach((code, row) => {
    const rows = members.get(code);
    if (rows) rows.push(row);
    else members.set(code, [row]);
  });
  const lists = [...members.entries()].sort(([a], [b]) => a - b).map(([, rows]) => rows);
  return {
    resampled,
    column: groups.name,
    warnings,
    draw: (random) => {
      const drawn = lists.map(() => lists[random.below(lists.length)]!);
      return {
        rows: Int32Array.from(drawn.flat()),
        block: Int32Array.from(drawn.flatMap((rows, block) => rows.map(() => block))),
      };
    },
  };
}
