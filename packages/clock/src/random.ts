import { uniformFloat64 } from 'pure-rand/distribution/uniformFloat64';
import { uniformInt } from 'pure-rand/distribution/uniformInt';
import { xoroshiro128plus } from 'pure-rand/generator/xoroshiro128plus';

/** Chance, injected. */
export interface Random {
  /** Uniform in [0, 1). */
  next(): number;
  /** A uniform integer in [0, bound). */
  below(bound: number): number;
}

/**
 * A repeatable source: the same seed and stream name give the same numbers on every machine.
 * Streams of one seed are independent, so that what runs first does not change what the others draw.
 */
export function seededRandom(seed: number, stream = ''): Random {
  const generator = xoroshiro128plus(mix(seed, stream));
  return {
    next: () => uniformFloat64(generator),
    below: (bound) => uniformInt(generator, 0, bound - 1),
  };
}

/** Chance from the runtime, for jitter and ids where nothing must be repeated. */
export const systemRandom: Random = Object.freeze({
  next: () => Math.random(),
  below: (bound: number) => Math.floor(Math.random() * bound),
});

/** A source that returns the given values in turn, then starts again. For tests. */
export function scriptedRandom(...values: readonly number[]): Random {
  let index = 0;
  const next = (): number => values[index++ % values.length] ?? 0;
  return { next, below: (bound) => Math.floor(next() * bound) };
}

// FNV-1a over seed and stream name: neighbouring seeds must not give neighbouring generator states.
function mix(seed: number, stream: string): number {
  let hash = 0x811c9dc5;
  for (const unit of `${seed}:${stream}`) {
    hash = Math.imul(hash ^ (unit.codePointAt(0) ?? 0), 0x01000193);
  }
  return hash | 0;
}
