import { draws, rounded } from './draws.ts';
import type { Sample } from './sample.ts';
import { table, times } from './table.ts';

const SEED = 20_260_111;
const UNITS = 120;
const PERIODS = 8;
const EFFECT = 2;
/** First treated period; 0: never. */
const COHORTS = [0, 5, 7] as const;
const POST_FROM = 5;

/** Staggered adoption; parallel trends hold; units that adopt have other levels, so cross-sections mislead. */
export function panelSample(seed = SEED): Sample {
  const draw = draws(seed);
  const periodEffect = times(PERIODS, (index) => 0.4 * index + draw.normal('period', 0, 0.3));
  const rows = times(UNITS, (unit) => {
    const cohort = COHORTS[unit % COHORTS.length] as number;
    const level = draw.normal('unit', cohort === 0 ? 10 : 12, 1.5);
    const region = draw.pick('region', ['coast', 'inland', 'mountain'] as const);
    return times(PERIODS, (index) => {
      const time = index + 1;
      const treated = cohort !== 0 && time >= cohort ? 1 : 0;
      const x = rounded(draw.normal('x'));
      const y = rounded(level + (periodEffect[index] as number) + EFFECT * treated + 0.5 * x + draw.normal('noise', 0, 0.8));
      return {
        id: unit + 1,
        time,
        y,
        treated,
        cohort,
        ever_treated: cohort === 0 ? 0 : 1,
        post: time >= POST_FROM ? 1 : 0,
        x,
        region,
      };
    });
  }).flat();
  return {
    id: 'panel',
    description:
      'Simulated panel, 120 units over 8 periods. 40 units are treated from period 5, 40 from period 7, 40 never (cohort 0). Effect while treated: 2.0. Parallel trends hold. The 2×2 comparison of ever_treated over post estimates 1.5: the same effect, diluted because cohort 7 is treated in half of the four post periods.',
    truth: EFFECT,
    mapping: { y: 'y', treatment: 'treated', unit_id: 'id', time: 'time', cohort: 'cohort', covariates: ['x'] },
    columns: table(
      {
        id: 'number',
        time: 'number',
        y: 'number',
        treated: 'number',
        cohort: 'number',
        ever_treated: 'number',
        post: 'number',
        x: 'number',
        region: 'text',
      },
      rows,
    ),
  };
}
