import { ipwEstimate } from '../propensity/ipw.ts';
import type { Estimator } from '../types.ts';

/** docs/methods/ipw_ate.md */
export const ipwAte: Estimator = Object.freeze<Estimator>({
  name: 'ipw_ate',
  title: 'Inverse-probability weighting (ATE)',
  estimand: 'ATE',
  requires: ['y', 'treatment', 'covariates'],
  optional: ['cluster'],
  treatment: 'binary',
  bootstrap: true,
  estimate: (input, options, context) => ipwEstimate(input, options, context, 'ipw_ate', 'ATE'),
});
