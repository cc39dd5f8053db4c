import type { AnalysisReply } from '@penstock/contracts';
import { HOSTILE, LONG } from './worlds.ts';

const ok = (name: string, title: string, estimand: string, estimate: number, error: number | null, warnings: string[] = []) => ({
  name,
  title,
  status: 'ok' as const,
  estimand,
  estimate,
  std_error: error,
  ci_lower: error === null ? null : estimate - 1.96 * error,
  ci_upper: error === null ? null : estimate + 1.96 * error,
  p_value: error === null ? null : Math.exp(-0.717 * Math.abs(estimate / error) - 0.416 * (estimate / error) ** 2),
  n: 614,
  details: {},
  warnings,
});
const skipped = (name: string, title: string, reason: string) => ({ name, title, status: 'skipped' as const, reason });

const COVARIATES = ['age', 'educ', 'black', 'hispan', 'married', 'nodegree', 're74', 're75'];

/** A reply with everything in it. */
export function reply(): AnalysisReply {
  return {
    analysis_id: 'b1946ac92492d2347c6235b4d2611184a5c8f0f6c7c9d7c0f2b5ad9d1e2f3a4b',
    dataset: {
      id: 'lalonde',
      rows: 614,
      rows_used: 612,
      sha256: '9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08',
    },
    mapping: { y: 're78', treatment: 'treat', covariates: COVARIATES, unit_id: 'row number' },
    options: {
      estimators: 'all',
      figures: true,
      alpha: 0.05,
      seed: 1,
      covariance: 'HC2',
      outcome_interactions: 'all',
      bootstrap: 0,
    },
    notes: [
      'no covariates were mapped: every other usable column is one (age, educ, black, hispan, married, nodegree, re74, re75)',
      '2 of 614 rows have a missing value in a used column and were left out',
    ],
    results: [
      ok('difference_in_means', 'Difference in means (Welch)', 'ATE', -635.026212, 657.137),
      ok('ols', 'Ordinary least squares', 'coefficient', 1548.24381, 749.987),
      ok('g_computation', 'G-computation (outcome regression)', 'ATE', 1310.5, 812.9),
      ok('aipw', 'Augmented inverse-probability weighting (doubly robust)', 'ATE', 1632.87, 640.12),
      ok('ipw_att', 'Inverse-probability weighting (ATT)', 'ATT', 1214.07, 798.35, ['the largest weight is 4.9 % of the total']),
      ok('propensity_matching', 'One-to-one propensity-score matching', 'ATT', 1908.4, null),
      { name: 'lin', title: 'Lin’s interacted regression', status: 'failed', error: 'collinear columns: hispan × treat' },
      skipped('iv_2sls', 'Two-stage least squares', "no column has the role 'instruments'"),
      skipped('did_2x2', 'Difference in differences (2×2)', "no column has the role 'time'"),
      ...[
        'tmle',
        'cbps',
        'causal_forest',
        'double_ml_plr',
        'event_study',
        'rd_local_polynomial',
        'synthetic_control',
        'qte_firpo',
      ].map((name) => skipped(name, name.replaceAll('_', ' ').toUpperCase(), 'not available in this version')),
    ],
    diagnostics: {
      balance: COVARIATES.map((column, index) => ({
        column,
        mean_treated: 25.81 - index,
        mean_control: 28.03 - index * 0.7,
        smd: -0.31 + index / 7,
        smd_binary_convention: -0.31 + index / 7,
        smd_pooled: -0.2419 + index / 6,
        smd_weighted_ate: 0.031 * index - 0.1,
        smd_weighted_att: 0.02 * index,
        variance_ratio: index === 3 ? null : 0.44,
        ks: 0.158 + index / 30,
      })),
      overlap: {
        treated: [0.0909, 0.117, 0.657, 0.759, 0.853],
        control: [0.009, 0.0219, 0.0867, 0.664, 0.789],
        common_support: [0.0909, 0.789],
        n_common_support: 381,
        share_common_support: 0.6225490196,
      },
      effective_sample_size: { n_treated: 185, n_control: 427, ate_treated: 58.3271, ate_control: 329.01, att_control: 99.8151 },
      weights: {
        ate: { max: 40.1, p99: 11.2, share_top_1_percent: 0.14 },
        att: { max: 3.7, p99: 3.1, share_top_1_percent: 0.09 },
      },
      propensity_model: {
        names: ['(intercept)', ...COVARIATES],
        coefficients: [-4.7286, 0.0158, 0.1613, 3.0654, 0.9836, -0.8321, 0.7073, -7.18e-5, 5.34e-5],
        std_errors: [1.017, 0.0136, 0.0651, 0.2865, 0.4257, 0.2903, 0.3377, 2.87e-5, 4.63e-5],
        auc: 0.862,
        ps_min: 0.009,
        ps_max: 0.853,
      },
    },
    sensitivity: {
      e_value: {
        estimator: 'aipw',
        scale: 'standardised mean difference',
        approximation: 'risk ratio ≈ exp(0.91·d)',
        risk_ratio: 1.21,
        e_value: 1.7141,
        e_value_ci: 1.2,
      },
    },
    quality_gates: [
      {
        gate: 'overlap',
        value: 0.6225490196,
        threshold: 0.9,
        result: 'fail',
        because: '62.3 % of the rows have a propensity score where both groups have some (at least 90.0 % passes)',
      },
      {
        gate: 'balance',
        value: 0.117,
        threshold: 0.1,
        result: 'warn',
        because: "after weighting, 're75' differs most, by 0.117 standard deviations",
      },
      { gate: 'sample_size', value: 612, threshold: 100, result: 'pass', because: '612 rows were used' },
      { gate: 'pre_trends', value: null, threshold: 0.05, result: 'skipped', because: "no column has the role 'time'" },
    ],
    decision: null,
    decision_reason: 'Not available in this version: grades need the gates of a later one.',
    figures: [
      { name: 'estimator_forest_plot', title: 'Effect by estimator', url: '/api/analyses/b1/figures/estimator_forest_plot.svg' },
      { name: 'love_plot', title: 'Balance of the covariates', url: '/api/analyses/b1/figures/love_plot.svg' },
      {
        name: 'propensity_overlap',
        title: 'Overlap of the propensity scores',
        url: '/api/analyses/b1/figures/propensity_overlap.svg',
      },
      { name: 'weights', title: 'Weights and effective sample size', url: '/api/analyses/b1/figures/weights.svg' },
    ],
    figures_skipped: [{ name: 'event_study', reason: 'not available in this version' }],
    report_url: '/api/analyses/b1/report.html',
    provenance: { engine_version: '0.1.0', seed: 1, contract_version: '1' },
  };
}

/** A reply in which nothing worked and every piece that may be missing is. */
export function emptyReply(): AnalysisReply {
  const reason = 'the treatment is not binary';
  return {
    ...reply(),
    results: [skipped('aipw', 'AIPW', reason), { name: 'ols', title: 'OLS', status: 'failed', error: 'collinear columns: a, b' }],
    diagnostics: { balance: null, balance_reason: reason, overlap: null, overlap_reason: reason },
    sensitivity: { e_value: null, e_value_reason: reason },
    quality_gates: [],
    notes: [],
    figures: [],
    figures_skipped: [],
  };
}

/** Every string that comes from outside, hostile. */
export function hostileReply(): AnalysisReply {
  const base = reply();
  const [script, quote, cdata, controls, , bidi] = HOSTILE;
  return {
    ...base,
    dataset: { ...base.dataset, id: quote },
    mapping: { y: script, treatment: LONG[2], covariates: [...HOSTILE, ...LONG], cutoff: 1 },
    options: { ...base.options, note: script },
    notes: [...HOSTILE],
    results: [
      { ...ok('aipw', script, quote, 1, 1), warnings: [cdata, controls] },
      { name: bidi, title: quote, status: 'failed', error: script },
      skipped(quote, controls, script),
    ],
    diagnostics: { ...base.diagnostics, balance: [...HOSTILE, ...LONG].map((column) => ({ column, smd_pooled: 0.1 })) },
    sensitivity: {
      e_value: { estimator: script, scale: script, approximation: script, warning: script, e_value: 2, e_value_ci: 1 },
    },
    quality_gates: [{ gate: script, value: 1, threshold: 1, result: 'pass', because: script }],
    decision_reason: script,
    figures: [{ name: 'love_plot', title: script, url: 'javascript:alert(1)' }],
    figures_skipped: [{ name: script, reason: script }],
  };
}
