/** Sorted distinct values, and the index of each value given into them. */
export interface Levels {
  readonly levels: readonly string[];
  readonly codes: Int32Array;
}

export function toLevels(values: readonly string[]): Levels {
  const levels = [...new Set(values)].sort(byCodePoint);
  const codeOf = new Map(levels.map((level, code) => [level, code]));
  return { levels, codes: Int32Array.from(values, (value) => codeOf.get(value) as number) };
}

/** The order of code points, which is that of UTF-8 bytes; plain `<` compares UTF-16 units. */
function byCodePoint(a: string, b: string): number {
  const length = Math.min(a.length, b.length);
  for (let at = 0; at < length; at++) {
    const [x, y] = [a.charCodeAt(at), b.charCodeAt(at)];
    if (x !== y) return rank(x) - rank(y);
  }
  return a.length - b.length;
}

// Surrogates stand for code points above all others, yet their units lie below U+E000.
const rank = (unit: number): number => (unit >= 0xd800 && unit <= 0xdfff ? unit + 0x10000 : unit);
