import { draws, rounded } from './draws.ts';
import type { Sample } from './sample.ts';
import { table, times } from './table.ts';

const SEED = 20_260_104;
const ROWS = 1000;
const EFFECT = 4;
const CUTOFF = 50;

/** Sharp discontinuity: everybody at or above the cutoff is treated; the outcome bends smoothly on both sides. */
export function cutoffSample(seed = SEED): Sample {
  const draw = draws(seed);
  const rows = times(ROWS, (index) => {
    const score = rounded(100 * draw.uniform('score'), 2);
    const age = Math.round(draw.normal('age', 30, 6));
    const passed = score >= CUTOFF ? 1 : 0;
    const s = (score - CUTOFF) / 50;
    const smooth = 20 + 6 * s + 3 * s ** 2 - 4 * s ** 3 + 0.05 * (age - 30);
    return { id: index + 1, y: rounded(smooth + EFFECT * passed + draw.normal('noise', 0, 1.5)), passed, score, age };
  });
  return {
    id: 'cutoff',
    description:
      'Simulated regression discontinuity, 1000 people. Who scores 50 or more passes, nobody else does. The outcome is a smooth cubic in the score plus a jump: the effect of passed on y at the cutoff is 4.0.',
    truth: EFFECT,
    mapping: { y: 'y', treatment: 'passed', unit_id: 'id', running_variable: 'score', cutoff: CUTOFF },
    columns: table({ id: 'number', y: 'number', passed: 'number', score: 'number', age: 'number' }, rows),
  };
}
