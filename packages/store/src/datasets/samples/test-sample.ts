import { draws, expit, rounded } from './draws.ts';
import type { Sample } from './sample.ts';
import { table, times } from './table.ts';

const SEED = 20_260_110;
const ROWS = 800;
const EFFECT = 2;
const REGIONS = ['east', 'north', 'south', 'west'] as const;
const TREATMENT_SHIFT = { east: 0, north: 0.4, south: -0.3, west: 0.2 };
const OUTCOME_SHIFT = { east: 0, north: 0.8, south: -0.6, west: 0.3 };

/** Observational: who is treated depends on the covariates; outcome linear, effect the same for everybody. */
export function testSample(seed = SEED): Sample {
  const draw = draws(seed);
  const rows = times(ROWS, (index) => {
    const age = Math.round(Math.min(80, Math.max(18, draw.normal('age', 45, 12))));
    const income = rounded(Math.max(5, draw.normal('income', 50, 12)), 2);
    const score = rounded(draw.normal('score'));
    const region = draw.pick('region', REGIONS);
    const chance = expit(-0.15 + 0.02 * (age - 45) + 0.012 * (income - 50) + 0.45 * score + TREATMENT_SHIFT[region]);
    const w = draw.bernoulli('w', chance);
    const untreated = 10 + 0.05 * (age - 45) + 0.03 * (income - 50) + 1.2 * score + OUTCOME_SHIFT[region] + draw.normal('noise');
    return { id: index + 1, y: rounded(untreated + EFFECT * w), w, age, income, score, region };
  });
  return {
    id: 'test',
    description:
      'Simulated observational study, 800 rows, nothing missing. Treatment w depends on age, income, score and region (all measured, good overlap), as does y. True effect of w on y: 2.0 for everybody; a plain difference in means is biased upwards.',
    truth: EFFECT,
    mapping: { y: 'y', treatment: 'w', unit_id: 'id' },
    columns: table(
      { id: 'number', y: 'number', w: 'number', age: 'number', income: 'number', score: 'number', region: 'text' },
      rows,
    ),
  };
}
