import { draws, rounded } from './draws.ts';
import type { Sample } from './sample.ts';
import { table, times } from './table.ts';

const SEED = 20_260_106;
const STORES = 48;
const WEEKS = 16;
const EFFECT = 12;
/** First week of the campaign; 0: never. */
const STARTS = [0, 6, 9, 12] as const;
const REGIONS = ['関東', '関西', '九州', '北海道'] as const;
const OUTLIERS = 8;
const CELLS = STORES * WEEKS;

/** A campaign that reaches shops week after week; some sales and temperatures are missing, a few are typing errors. */
export function miniRetailSample(seed = SEED): Sample {
  const draw = draws(seed);
  const outliers = new Set(times(OUTLIERS, () => Math.floor(CELLS * draw.uniform('outlier'))));
  const season = times(WEEKS, (index) => 8 * Math.sin((2 * Math.PI * index) / WEEKS) + draw.normal('season', 0, 2));
  const rows = times(STORES, (store) => {
    const start = STARTS[store % STARTS.length] as number;
    const area = Math.round(draw.normal('area', 300, 60));
    const level = 60 + 0.15 * area + (start === 0 ? 0 : 6) + draw.normal('store', 0, 8);
    const region = REGIONS[Math.floor(store / STARTS.length) % REGIONS.length] as string;
    return times(WEEKS, (index) => {
      const campaign = start !== 0 && index + 1 >= start ? 1 : 0;
      const temperature = rounded(draw.normal('temperature', 15 + index / 2, 3), 1);
      const sales = rounded(
        level + (season[index] as number) + EFFECT * campaign + 0.4 * (temperature - 15) + draw.normal('noise', 0, 5),
        1,
      );
      const recorded = outliers.has(store * WEEKS + index) ? rounded(sales * 3, 1) : sales;
      return {
        店舗ID: `店舗${String(store + 1).padStart(2, '0')}`,
        週: index + 1,
        売上: draw.bernoulli('missing sales', 0.02) === 1 ? null : recorded,
        キャンペーン: campaign,
        開始週: start,
        地域: region,
        店舗面積: area,
        気温: draw.bernoulli('missing temperature', 0.03) === 1 ? null : temperature,
      };
    });
  }).flat();
  return {
    id: 'mini_retail',
    description:
      'Simulated retail panel with Japanese column names: 48 shops (店舗ID) over 16 weeks (週), sales (売上) in 10,000 yen. A campaign (キャンペーン) starts in week 6, 9 or 12 in 12 shops each and never in 12 (開始週 0). Effect while it runs: +12.0. About 2 % of the sales and 3 % of the temperatures (気温) are missing, and up to 8 sales are entered three times too high.',
    truth: EFFECT,
    mapping: { y: '売上', treatment: 'キャンペーン', unit_id: '店舗ID', time: '週', cohort: '開始週', covariates: ['気温'] },
    columns: table(
      {
        店舗ID: 'text',
        週: 'number',
        売上: 'number',
        キャンペーン: 'number',
        開始週: 'number',
        地域: 'text',
        店舗面積: 'number',
        気温: 'number',
      },
      rows,
    ),
  };
}
