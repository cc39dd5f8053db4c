import { FreeGroups } from './free_groups.ts';

/** Rows matched one to one: `treated[k]` with `control[k]`, in the order in which they were matched. */
export interface Pairs {
  readonly treated: Int32Array;
  readonly control: Int32Array;
}

/** Controls that share one score, still free ones from `next` on, lowest row first. */
interface Tied {
  readonly score: number;
  readonly rows: Int32Array;
  next: number;
}

/**
 * Greedy one-to-one matching without replacement: treated rows in descending score, each takes the free
 * control with the smallest |score difference|. Every tie goes to the lowest row. When the controls run
 * out, the treated rows left (those of lowest score) stay unmatched.
 *
 * Controls lie sorted, tied scores together; used-up groups are skipped by path-compressed links to both
 * sides, so all pairs take O(n log n).
 * @param scores length n; @param treatment 0/1, length n
 */
export function greedyPairs(scores: Float64Array, treatment: Float64Array, checkpoint: () => void): Pairs {
  const treatedRows = rowsByScore(scores, treatment, 1, 'descending');
  const controlRows = rowsByScore(scores, treatment, 0, 'ascending');
  const groups = tiedGroups(scores, controlRows);
  const free = new FreeGroups(groups.length);
  const pairs = Math.min(treatedRows.length, controlRows.length);
  const control = new Int32Array(pairs);
  for (let k = 0; k < pairs; k++) {
    if (k % 1024 === 0) checkpoint();
    const chosen = nearest(free, groups, scores[treatedRows[k]!]!);
    const group = groups[chosen]!;
    control[k] = group.rows[group.next++]!;
    if (group.next === group.rows.length) free.remove(chosen);
  }
  return { treated: treatedRows.slice(0, pairs), control };
}

/** The free group nearest to `score`; among equally near ones that with the lowest free row. */
function nearest(free: FreeGroups, groups: readonly Tied[], score: number): number {
  const start = firstAtLeast(groups, score);
  let left = free.atOrBelow(start - 1);
  let right = free.atOrAbove(start);
  const distance = (at: number): number => {
    const group = groups[at];
    return group === undefined ? Infinity : Math.abs(group.score - score);
  };
  const smallest = Math.min(distance(left), distance(right));
  let best = -1;
  const consider = (at: number) => {
    const row = (group: Tied) => group.rows[group.next]!;
    if (best === -1 || row(groups[at]!) < row(groups[best]!)) best = at;
  };
  // Distinct scores can round to the same distance, hence the loops.
  for (; distance(left) === smallest && left >= 0; left = free.atOrBelow(left - 1)) consider(left);
  for (; distance(right) === smallest && right < groups.length; right = free.atOrAbove(right + 1)) consider(right);
  return best;
}

/** Rows of one group in the order of their scores, ties always ascending in row. */
function rowsByScore(scores: Float64Array, treatment: Float64Array, group: 0 | 1, order: 'ascending' | 'descending'): Int32Array {
  const rows: number[] = [];
  for (let i = 0; i < scores.length; i++) if (treatment[i] === group) rows.push(i);
  const sign = order === 'ascending' ? 1 : -1;
  return Int32Array.from(rows).sort((a, b) => sign * (scores[a]! - scores[b]!) || a - b);
}

function tiedGroups(scores: Float64Array, sortedRows: Int32Array): Tied[] {
  const groups: Tied[] = [];
  for (let start = 0; start < sortedRows.length; ) {
    const score = scores[sortedRows[start]!]!;
    let end = start + 1;
    while (end < sortedRows.length && scores[sortedRows[end]!] === score) end++;
    groups.push({ score, rows: sortedRows.subarray(start, end), next: 0 });
    start = end;
  }
  return groups;
}

function firstAtLeast(groups: readonly Tied[], score: number): number {
  let low = 0;
  let high = groups.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (groups[middle]!.score < score) low = middle + 1;
    else high = middle;
  }
  return low;
}
