import type { Role } from '@penstock/contracts';

/** A method that the contract names and a later version brings: until then it is `skipped` with `reason`. */
export interface PlannedEstimator {
  readonly name: string;
  readonly title: string;
  readonly estimand: string;
  readonly requires: readonly Role[];
  readonly reason: string;
}

function plan(name: string, title: string, estimand: string, ...further: readonly Role[]): PlannedEstimator {
  const requires: readonly Role[] = Object.freeze<Role[]>(['y', 'treatment', ...further]);
  return Object.freeze({ name, title, estimand, requires, reason: 'not available in this version' });
}

export const plannedEstimators: readonly PlannedEstimator[] = Object.freeze([
  plan('ipw_ato', 'Overlap weighting', 'ATO', 'covariates'),
  plan('tmle', 'Targeted maximum likelihood', 'ATE', 'covariates'),
  plan('ipwra', 'Inverse-probability-weighted regression adjustment', 'ATE', 'covariates'),
  plan('entropy_balancing', 'Entropy balancing', 'ATT', 'covariates'),
  plan('cbps', 'Covariate-balancing propensity score', 'ATT', 'covariates'),
  plan('covariate_matching', 'Nearest-neighbour covariate matching', 'ATT', 'covariates'),
  plan('kernel_matching', 'Kernel matching', 'ATT', 'covariates'),
  plan('cem', 'Coarsened exact matching', 'ATT', 'covariates'),
  plan('g_estimation', 'G-estimation of a structural nested model', 'ATE', 'covariates'),
  plan('quantile_effects', 'Quantile treatment effects (Firpo)', 'QTE', 'covariates'),
  plan('quantile_regression', 'Quantile regression', 'coefficient'),
  plan('dml_plr', 'Double machine learning, partially linear', 'ATE', 'covariates'),
  plan('dml_irm', 'Double machine learning, interactive', 'ATE', 'covariates'),
  plan('dml_pliv', 'Double machine learning, partially linear with instruments', 'LATE', 'covariates', 'instruments'),
  plan('causal_forest', 'Causal forest', 'ATE', 'covariates'),
  plan('t_learner', 'T-learner', 'CATE', 'covariates'),
  plan('x_learner', 'X-learner', 'CATE', 'covariates'),
  plan('r_learner', 'R-learner', 'CATE', 'covariates'),
  plan('dr_learner', 'DR-learner', 'CATE', 'covariates'),
  plan('gates', 'Effects by group of predicted effect', 'GATES', 'covariates'),
  plan('twfe', 'Two-way fixed effects', 'ATT', 'unit_id', 'time'),
  plan('event_study', 'Event study', 'ATT', 'unit_id', 'time', 'cohort'),
  plan('callaway_santanna', 'Callaway–Sant’Anna group-time effects', 'ATT', 'unit_id', 'time', 'cohort'),
  plan('sun_abraham', 'Sun–Abraham interaction-weighted event study', 'ATT', 'unit_id', 'time', 'cohort'),
  plan('borusyak_jaravel_spiess', 'Imputation estimator', 'ATT', 'unit_id', 'time', 'cohort'),
  plan('bacon_decomposition', 'Goodman-Bacon decomposition', 'decomposition', 'unit_id', 'time', 'cohort'),
  plan('dr_did', 'Doubly robust difference in differences', 'ATT', 'time', 'covariates'),
  plan('synthetic_control', 'Synthetic control', 'ATT', 'unit_id', 'time'),
  plan('synthetic_did', 'Synthetic difference in differences', 'ATT', 'unit_id', 'time'),
  plan('interrupted_time_series', 'Interrupted time series', 'ATT', 'time'),
  plan('liml', 'Limited-information maximum likelihood', 'LATE', 'instruments'),
  plan('iv_gmm', 'Instrumental variables by GMM', 'LATE', 'instruments'),
  plan('anderson_rubin', 'Anderson–Rubin confidence set', 'LATE', 'instruments'),
  plan('rd_sharp', 'Sharp regression discontinuity', 'LATE', 'running_variable', 'cutoff'),
  plan('rd_fuzzy', 'Fuzzy regression discontinuity', 'LATE', 'running_variable', 'cutoff'),
  plan('dose_response', 'Dose–response curve', 'curve', 'dose', 'covariates'),
  plan('mediation', 'Mediation', 'NDE and NIE', 'covariates'),
  plan('transport', 'Transport by inverse odds of sampling', 'ATE', 'domain', 'covariates'),
  plan('network_exposure', 'Effects under network exposure', 'ATE', 'exposure'),
  plan('proximal', 'Proximal two-stage least squares', 'ATE', 'covariates'),
  plan('off_policy_value', 'Off-policy value (IPS, SNIPS, DR)', 'policy value', 'covariates'),
]);
