import { HEDGE_DEFAULTS } from '@penstock/resilience';
import Type from 'typebox';
import { count, HOUR_MS, mode, real } from './variables.ts';

const PERCENTILE = 0.97;

export const HEDGE_VARIABLES = {
  HEDGE_MODE: mode('Hedge: a second attempt where the first one is late'),
  HEDGE_PERCENTILE: real(
    PERCENTILE,
    0.5,
    0.999,
    'An attempt is late when it takes longer than this share of the answers of its route',
  ),
  HEDGE_DELAY_MS: Type.Optional(
    Type.Integer({ minimum: 0, maximum: HOUR_MS, description: 'A fixed time in place of HEDGE_PERCENTILE. Default: none' }),
  ),
  HEDGE_MIN_DELAY_MS: count(HEDGE_DEFAULTS.minDelayMs, 0, HOUR_MS, 'A percentile below is raised to it'),
  HEDGE_MIN_SAMPLES: count(HEDGE_DEFAULTS.minSamples, 10, 1000, 'Answers of a route before its percentile is believed'),
} as const;
