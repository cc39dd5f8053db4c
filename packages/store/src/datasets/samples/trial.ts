import { draws, rounded } from './draws.ts';
import type { Sample } from './sample.ts';
import { table, times } from './table.ts';

const SEED = 20_260_102;
const ROWS = 600;
const EFFECT = 1.5;
const SITES = ['A', 'B', 'C', 'D', 'E', 'F'] as const;

/** Individually randomised, one to one; the effect grows with the baseline, whose mean is zero. */
export function trialSample(seed = SEED): Sample {
  const draw = draws(seed);
  const rows = times(ROWS, (index) => {
    const site = draw.pick('site', SITES);
    const sex = draw.pick('sex', ['female', 'male'] as const);
    const age = Math.round(20 + 50 * draw.uniform('age'));
    const baseline = rounded(draw.normal('baseline'));
    const treated = draw.bernoulli('treated', 0.5);
    const untreated =
      5 + 1.5 * baseline + 0.02 * age + (sex === 'male' ? 0.4 : 0) + 0.1 * SITES.indexOf(site) + draw.normal('noise');
    return { id: index + 1, y: rounded(untreated + (EFFECT + 0.5 * baseline) * treated), treated, age, sex, baseline, site };
  });
  return {
    id: 'trial',
    description:
      'Simulated randomised trial, 600 people at 6 sites, treated with probability 1/2. The effect is 1.5 + 0.5 × baseline, and baseline has mean 0: the average effect of treated on y is 1.5.',
    truth: EFFECT,
    mapping: { y: 'y', treatment: 'treated', unit_id: 'id', covariates: ['age', 'sex', 'baseline'] },
    columns: table(
      { id: 'number', y: 'number', treated: 'boolean', age: 'number', sex: 'text', baseline: 'number', site: 'text' },
      rows,
    ),
  };
}
