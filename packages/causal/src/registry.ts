import { aipw } from './estimators/aipw.ts';
import { did2x2 } from './estimators/did_2x2.ts';
import { differenceInMeans } from './estimators/difference_in_means.ts';
import { gComputation } from './estimators/g_computation.ts';
import { ipwAte } from './estimators/ipw_ate.ts';
import { ipwAtt } from './estimators/ipw_att.ts';
import { iv2sls } from './estimators/iv_2sls.ts';
import { lin } from './estimators/lin.ts';
import { ols } from './estimators/ols.ts';
import { propensityMatching } from './estimators/propensity_matching.ts';
import { propensityStratification } from './estimators/propensity_stratification.ts';
import type { Estimator } from './types.ts';

/** Every estimator of this version, in the order in which results are listed. */
export const estimators: readonly Estimator[] = Object.freeze([
  differenceInMeans,
  ols,
  lin,
  gComputation,
  ipwAte,
  ipwAtt,
  aipw,
  propensityStratification,
  propensityMatching,
  iv2sls,
  did2x2,
]);
