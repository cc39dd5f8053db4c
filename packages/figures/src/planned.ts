import type { PlannedFigure } from './figure.ts';

const BASE = ['y', 'treatment'];
const plan = (name: string, title: string, ...further: string[]): PlannedFigure =>
  Object.freeze({ name, title, requires: Object.freeze([...BASE, ...further]), reason: 'not available in this version' });

/** Named by the contract, not available in this version. */
export const plannedFigures: readonly PlannedFigure[] = Object.freeze([
  plan('eqq', 'Quantile–quantile balance', 'covariates'),
  plan('specification_curve', 'Specification curve', 'covariates'),
  plan('residuals', 'Residuals of the outcome model'),
  plan('parallel_trends', 'Parallel trends', 'unit_id', 'time'),
  plan('event_study', 'Event study', 'unit_id', 'time', 'cohort'),
  plan('att_gt_grid', 'ATT by group and time', 'unit_id', 'time', 'cohort'),
  plan('bacon_scatter', 'Goodman-Bacon decomposition', 'unit_id', 'time', 'cohort'),
  plan('rd_plot', 'Regression discontinuity', 'running_variable', 'cutoff'),
  plan('rd_density', 'Density at the cutoff', 'running_variable', 'cutoff'),
  plan('rd_bandwidth_sensitivity', 'Sensitivity to the bandwidth', 'running_variable', 'cutoff'),
  plan('sc_path', 'Synthetic control: paths', 'unit_id', 'time'),
  plan('sc_gap_placebos', 'Synthetic control: gap and placebos', 'unit_id', 'time'),
  plan('rmspe_ratios', 'Synthetic control: RMSPE ratios', 'unit_id', 'time'),
  plan('first_stage', 'First stage', 'instruments'),
  plan('anderson_rubin_set', 'Anderson–Rubin confidence set', 'instruments'),
  plan('ovb_contour', 'Omitted-variable bias contours', 'covariates'),
  plan('evalue_curve', 'E-value curve'),
  plan('rosenbaum_curve', 'Rosenbaum bounds', 'covariates'),
  plan('cate_histogram', 'Conditional effects', 'covariates'),
  plan('gates', 'Effects by group of predicted effect', 'covariates'),
  plan('toc_qini', 'Targeting curve', 'covariates'),
  plan('dose_response', 'Dose–response curve', 'dose'),
  plan('qte_process', 'Quantile treatment effects'),
  plan('missingness_map', 'Missing values'),
  plan('quality_gate_board', 'Quality gates'),
]);
