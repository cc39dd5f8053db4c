import type { Pieces } from './gatherer.ts';

const FEWEST_SLOTS = 64;
/** Rows counted in one go; what that takes is bounded by them. */
export const ROWS_AT_ONCE = 2 ** 22;

/** How many different numbers a column has, NaN not counted. Memory: 128 MiB at most, however many there are, about. */
export function countDistinct(pieces: Pieces, rows: number, rowsAtOnce = ROWS_AT_ONCE): number {
  const parts = Math.ceil(rows / rowsAtOnce);
  let distinct = 0;
  for (let part = 0; part < parts; part++) {
    const counter = new DistinctCounter(part, parts);
    for (const piece of pieces()) counter.add(piece);
    distinct += counter.count;
  }
  return distinct;
}

/** Counts different numbers; of numbers fallen into `parts` by their bits, those of one part. */
export class DistinctCounter {
  #slots = new Float64Array(FEWEST_SLOTS).fill(Number.NaN);
  #count = 0;
  readonly #part: number;
  readonly #parts: number;

  constructor(part = 0, parts = 1) {
    this.#part = part;
    this.#parts = parts;
  }

  get count(): number {
    return this.#count;
  }

  /** @param values without −0 */
  add(values: Float64Array): void {
    const bits = new Uint32Array(values.buffer, values.byteOffset, 2 * values.length);
    let slots = this.#slots;
    for (let at = 0; at < values.length; at++) {
      const value = values[at] as number;
      // biome-ignore lint/suspicious/noSelfCompare: only NaN differs from itself, and this is the innermost loop
      if (value !== value) continue;
      const hash = mixed(bits[2 * at] as number, bits[2 * at + 1] as number);
      if (this.#parts > 1 && (hash >>> 8) % this.#parts !== this.#part) continue;
      if (!insert(slots, hash, value)) continue;
      this.#count++;
      if (2 * this.#count > slots.length) {
        slots = enlarged(slots);
        this.#slots = slots;
      }
    }
  }
}

/** @returns whether it was not there yet */
function insert(slots: Float64Array, hash: number, value: number): boolean {
  const mask = slots.length - 1;
  for (let at = hash & mask; ; at = (at + 1) & mask) {
    const there = slots[at] as number;
    if (there === value) return false;
    // biome-ignore lint/suspicious/noSelfCompare: NaN marks a free slot, and this is the innermost loop
    if (there !== there) {
      slots[at] = value;
      return true;
    }
  }
}

function enlarged(slots: Float64Array): Float64Array<ArrayBuffer> {
  const bits = new Uint32Array(slots.buffer);
  const larger = new Float64Array(2 * slots.length).fill(Number.NaN);
  for (let at = 0; at < slots.length; at++) {
    const value = slots[at] as number;
    if (!Number.isNaN(value)) insert(larger, mixed(bits[2 * at] as number, bits[2 * at + 1] as number), value);
  }
  return larger;
}

// The finish of MurmurHash3 (Appleby 2011): doubles of short decimals differ in few of their bits.
function mixed(low: number, high: number): number {
  let hash = Math.imul(low ^ Math.imul(high, 0x9e3779b1), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 15), 0xc2b2ae35);
  hash ^= hash >>> 13;
  hash = Math.imul(hash, 0x27d4eb2f);
  return (hash ^ (hash >>> 16)) >>> 0;
}
