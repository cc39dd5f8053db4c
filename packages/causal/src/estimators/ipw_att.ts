import { ipwEstimate } from '../propensity/ipw.ts';
import type { Estimator } from '../types.ts';

/** docs/methods/ipw_att.md */
export const ipwAtt: Estimator = Object.freeze<Estimator>({
  name: 'ipw_att',
  title: 'Inverse-probability weighting (ATT)',
  estimand: 'ATT',
  requires: ['y', 'treatment', 'covariates'],
  optional: ['cluster'],
  treatment: 'binary',
  bootstrap: true,
  estimate: (input, options, context) => ipwEstimate(input, options, context, 'ipw_att', 'ATT'),
});
