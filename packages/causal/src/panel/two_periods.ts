import { type AnalysisInput, type Codes, NotApplicable } from '../types.ts';

/** The two periods that occur, earlier first, and for each row whether it is in the later one. */
export interface TwoPeriods {
  readonly before: string;
  readonly after: string;
  /** 0 or 1, length n. */
  readonly post: Float64Array;
}

/** @throws NotApplicable without a time column, or unless exactly two periods occur */
export function twoPeriods(input: AnalysisInput): TwoPeriods {
  if (!input.time) throw new NotApplicable("no column has the role 'time'");
  const used = [...new Set(input.time.codes)].sort((a, b) => a - b);
  if (used.length !== 2) {
    throw new NotApplicable(`needs exactly two periods; '${input.time.name}' has ${used.length}`);
  }
  const [first, second] = [used[0]!, used[1]!];
  const { levels, codes } = input.time;
  return { before: levels[first]!, after: levels[second]!, post: Float64Array.from(codes, (code) => (code === second ? 1 : 0)) };
}

/** A unit seen in both periods: its two row numbers. */
export interface Pair {
  readonly before: number;
  readonly after: number;
}

interface Pairing {
  readonly pairs: readonly Pair[];
  /** Units seen in one period only. */
  readonly unpaired: number;
}

/**
 * Units with both waves, in the order of their first row. No pairs at all: repeated cross-sections.
 * @throws NotApplicable when a unit that is seen in both periods is seen twice in one
 */
export function pairUnits(unit: Codes | undefined, post: Float64Array): Pairing {
  if (!unit) return { pairs: [], unpaired: 0 };
  const rows = new Map<number, [number[], number[]]>();
  unit.codes.forEach((code, i) => {
    const entry = rows.get(code) ?? [[], []];
    entry[post[i] === 1 ? 1 : 0].push(i);
    rows.set(code, entry);
  });
  const pairs: Pair[] = [];
  for (const [code, [before, after]] of rows) {
    if (before.length === 0 || after.length === 0) continue;
    if (before.length > 1 || after.length > 1) {
      throw new NotApplicable(`unit '${unit.levels[code]}' of '${unit.name}' has several rows in one period`);
    }
    pairs.push({ before: before[0]!, after: after[0]! });
  }
  return { pairs, unpaired: rows.size - pairs.length };
}
