import type { SampleColumn } from './sample.ts';

type Cell = number | string | null;

/** Gathers rows into typed columns: number or null → `number`, string or null → `text`, as `types` says. */
export function table(
  types: Readonly<Record<string, SampleColumn['type']>>,
  rows: readonly Readonly<Record<string, Cell>>[],
): readonly SampleColumn[] {
  return Object.entries(types).map(([name, type]): SampleColumn => {
    const cells = rows.map((row) => row[name] ?? null);
    if (type === 'text') return { name, type, values: cells as (string | null)[] };
    return { name, type, values: Float64Array.from(cells, (cell) => (cell === null ? Number.NaN : (cell as number))) };
  });
}

export const times = <T>(count: number, make: (index: number) => T): T[] =>
  Array.from({ length: count }, (_, index) => make(index));
