import { draws, rounded } from './draws.ts';
import type { Sample } from './sample.ts';
import { table, times } from './table.ts';

const SEED = 20_260_105;
const ROWS = 1000;
const EFFECT = 2.5;

/** An unmeasured confounder moves treatment and outcome; lottery and distance move the treatment only. */
export function instrumentSample(seed = SEED): Sample {
  const draw = draws(seed);
  const rows = times(ROWS, (index) => {
    const unmeasured = draw.normal('unmeasured');
    const x1 = rounded(draw.normal('x1'));
    const x2 = draw.bernoulli('x2', 0.4);
    const lottery = draw.bernoulli('lottery', 0.5);
    const distance = rounded(10 * draw.uniform('distance'), 2);
    const pull = -0.6 + 1.6 * lottery - 0.12 * (distance - 5) + 0.3 * x1 + 0.9 * unmeasured + draw.normal('choice');
    const d = pull > 0 ? 1 : 0;
    const y = rounded(3 + EFFECT * d + 0.8 * x1 - 0.5 * x2 + 1.2 * unmeasured + draw.normal('noise'));
    return { id: index + 1, y, d, lottery, distance, x1, x2 };
  });
  return {
    id: 'instrument',
    description:
      'Simulated encouragement design, 1000 people. An unmeasured confounder raises both d and y, so that regressions are biased upwards. lottery (randomised) and distance move d and touch y in no other way. The effect of d on y is 2.5 for everybody, which is what 2SLS estimates.',
    truth: EFFECT,
    mapping: { y: 'y', treatment: 'd', unit_id: 'id', instruments: ['lottery', 'distance'], covariates: ['x1', 'x2'] },
    columns: table(
      { id: 'number', y: 'number', d: 'number', lottery: 'number', distance: 'number', x1: 'number', x2: 'number' },
      rows,
    ),
  };
}
