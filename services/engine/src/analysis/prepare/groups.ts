import type { Codes } from '@penstock/causal';
import type { LoadedColumn } from '@penstock/store';

/** A column as groups: the levels that occur, numbers in numeric and texts in sorted order. No value is missing. */
export function groupsOf(column: LoadedColumn): Codes {
  return 'values' in column ? numericGroups(column.name, column.values) : textGroups(column);
}

function numericGroups(name: string, values: Float64Array): Codes {
  const distinct = distinctValues(values);
  const index = new Map<number, number>();
  for (const [at, value] of distinct.entries()) index.set(value, at);
  const codes = new Int32Array(values.length);
  for (let i = 0; i < values.length; i++) codes[i] = index.get(values[i] as number) as number;
  return { name, levels: Array.from(distinct, String), codes };
}

function textGroups({ name, levels, codes }: Extract<LoadedColumn, { codes: Int32Array }>): Codes {
  const seen = new Uint8Array(levels.length);
  for (const code of codes) seen[code] = 1;
  const compact = new Int32Array(levels.length);
  let next = 0;
  for (let level = 0; level < levels.length; level++) compact[level] = seen[level] === 1 ? next++ : -1;
  return {
    name,
    levels: levels.filter((_, level) => seen[level] === 1),
    codes: codes.map((code) => compact[code] as number),
  };
}

/** The different values, ascending; at most `limit` + 1 of them when a limit is given. */
export function distinctValues(values: Float64Array, limit = Number.POSITIVE_INFINITY): Float64Array {
  const seen = new Set<number>();
  for (const value of values) {
    seen.add(value);
    if (seen.size > limit) break;
  }
  return Float64Array.from(seen).sort();
}
