import { type Machine, Pair, type Step, type World } from './pair.ts';

export interface Violation {
  readonly world: string;
  /** The steps that lead to it. */
  readonly path: readonly string[];
  readonly message: string;
}

export interface Explored {
  readonly interleavings: number;
  readonly steps: number;
  /** True when every interleaving of the depth was run. */
  readonly complete: boolean;
  readonly violation?: Violation;
}

/** The first violation in any of the worlds, shallow runs first, so that its path is short. */
export function firstViolation(worlds: readonly World[], Machine: Machine, deepest: number): Violation | undefined {
  for (let depth = 1; depth <= deepest; depth++) {
    for (const world of worlds) {
      const { violation } = explore({ ...world, depth }, Machine);
      if (violation !== undefined) return violation;
    }
  }
  return undefined;
}

interface Choice {
  readonly steps: readonly Step[];
  taken: number;
}

/**
 * Runs every interleaving of a world's steps up to its depth, each from a fresh breaker, until one ends in a violation
 * or `most` have been run. The choices of a run are an odometer: its last digit that can be advanced is. What comes before
 * that digit has been compared already, and is only repeated.
 */
export function explore(world: World, Machine: Machine, most = Number.POSITIVE_INFINITY): Explored {
  const choices: Choice[] = [];
  let interleavings = 0;
  let steps = 0;
  for (;;) {
    const violation = run(world, Machine, choices);
    interleavings++;
    steps += choices.length;
    if (violation !== undefined) return { interleavings, steps, complete: false, violation };
    const complete = !advance(choices);
    if (complete || interleavings >= most) return { interleavings, steps, complete };
  }
}

function run(world: World, Machine: Machine, choices: Choice[]): Violation | undefined {
  const pair = new Pair(world, Machine);
  const repeated = choices.length - 1;
  try {
    for (let depth = 0; depth < world.depth; depth++) {
      const choice = choices[depth] ?? { steps: pair.steps(), taken: 0 };
      choices[depth] = choice;
      const step = choice.steps[choice.taken];
      if (step === undefined) break;
      pair.take(step);
      if (depth >= repeated) pair.compare();
    }
    pair.end();
    return undefined;
  } catch (error) {
    const path = choices.map(({ steps, taken }) => named(steps[taken]));
    return { world: world.name, path, message: error instanceof Error ? error.message : String(error) };
  }
}

function advance(choices: Choice[]): boolean {
  for (let last = choices.at(-1); last !== undefined; last = choices.at(-1)) {
    if (++last.taken < last.steps.length) return true;
    choices.pop();
  }
  return false;
}

const named = (step: Step | undefined): string => [step?.what, step?.call].filter((part) => part !== undefined).join(' of call ');
