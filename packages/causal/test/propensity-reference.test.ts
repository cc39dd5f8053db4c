/**
 * Published data sets against numbers computed in R from the same files (golden.json). Everything here is a
 * closed form or a converged maximum, so 1e-6 relative is asked throughout; the references carry 12 digits.
 */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { diagnose } from '../src/diagnostics/diagnose.ts';
import { aipw } from '../src/estimators/aipw.ts';
import { ipwAte } from '../src/estimators/ipw_ate.ts';
import { ipwAtt } from '../src/estimators/ipw_att.ts';
import { propensityMatching } from '../src/estimators/propensity_matching.ts';
import { propensityStratification } from '../src/estimators/propensity_stratification.ts';
import { evalueRiskRatio, evalueStandardisedDifference } from '../src/sensitivity/evalue.ts';
import type { AnalysisInput } from '../src/types.ts';
import { numberColumn, readCsv, textColumn } from './support/csv.ts';
import { binaryInput, CONTEXT, OPTIONS } from './support/input.ts';
import { assertClose, golden, referenceFile, referenceMissing } from './support/reference.ts';

function lalonde(): AnalysisInput {
  const table = readCsv(referenceFile('lalonde_matchit.csv'));
  const number = (name: string) => [name, numberColumn(table, name)] as const;
  return binaryInput({
    y: numberColumn(table, 're78'),
    treatment: numberColumn(table, 'treat'),
    covariates: [
      number('age'),
      number('educ'),
      ['race', textColumn(table, 'race')],
      number('married'),
      number('nodegree'),
      number('re74'),
      number('re75'),
    ],
  });
}

/** wt82_71 observed; squares and factors as in Hernán & Robins, program 12.2. */
function nhefs(): AnalysisInput {
  const full = readCsv(referenceFile('nhefs.csv'));
  const outcome = full.header.indexOf('wt82_71');
  const table = { header: full.header, rows: full.rows.filter((row) => row[outcome] !== '') };
  const number = (name: string) => [name, numberColumn(table, name)] as const;
  const square = (name: string) => [`${name}^2`, numberColumn(table, name).map((value) => value ** 2)] as const;
  const factor = (name: string) => [name, textColumn(table, name)] as const;
  return binaryInput({
    y: numberColumn(table, 'wt82_71'),
    treatment: numberColumn(table, 'qsmk'),
    covariates: [
      number('sex'),
      number('race'),
      number('age'),
      square('age'),
      factor('education'),
      number('smokeintensity'),
      square('smokeintensity'),
      number('smokeyrs'),
      square('smokeyrs'),
      factor('exercise'),
      factor('active'),
      number('wt71'),
      square('wt71'),
    ],
  });
}

describe('propensity methods agree with the reference', { skip: referenceMissing }, () => {
  test('ipw_ate: estimate, stacked error, arm means, effective sizes and fixed-weight errors', () => {
    const row = golden('lal614_ipw_ate');
    const got = ipwAte.estimate(lalonde(), OPTIONS, CONTEXT);
    assertClose(got.estimate, row.estimate, 'estimate');
    assertClose(got.stdError, row.se, 'se');
    for (const name of ['mu1', 'mu0', 'ess']) assertClose(got.details[name], row.extra![name], name);
    assertClose(got.details.se_hc0_fixed_weights, row.extra!.se_HC0_fixed_w, 'HC0');
    assertClose(got.details.se_hc2_fixed_weights, row.extra!.se_HC2_fixed_w, 'HC2');
  });

  test('ipw_att: estimate, stacked error, arm means, effective sizes and fixed-weight errors', () => {
    const row = golden('lal614_ipw_att');
    const got = ipwAtt.estimate(lalonde(), OPTIONS, CONTEXT);
    assertClose(got.estimate, row.estimate, 'estimate');
    assertClose(got.stdError, row.se, 'se');
    for (const name of ['mu1', 'mu0', 'ess']) assertClose(got.details[name], row.extra![name], name);
    assertClose(got.details.se_hc0_fixed_weights, row.extra!.se_HC0_fixed_w, 'HC0');
    assertClose(got.details.se_hc2_fixed_weights, row.extra!.se_HC2_fixed_w, 'HC2');
  });

  test('ipw_ate unnormalised is the Horvitz–Thompson row', () => {
    const row = golden('lal614_ipw_ht');
    const got = ipwAte.estimate(lalonde(), { ...OPTIONS, ipw_normalization: 'horvitz_thompson' }, CONTEXT);
    assertClose(got.estimate, row.estimate, 'estimate');
    assertClose(got.stdError, row.se, 'se');
  });

  test('ipw_ate on NHEFS with squares and factors', () => {
    const row = golden('nhefs_ipw_mest');
    const got = ipwAte.estimate(nhefs(), OPTIONS, CONTEXT);
    assertClose(got.estimate, row.estimate, 'estimate');
    assertClose(got.stdError, row.se, 'se');
    assertClose(got.details.mu1, row.extra!.mu1, 'mu1');
    assertClose(got.details.mu0, row.extra!.mu0, 'mu0');
  });

  test('aipw: estimate and influence-function error', () => {
    const row = golden('lal614_aipw_ate');
    const got = aipw.estimate(lalonde(), OPTIONS, CONTEXT);
    assertClose(got.estimate, row.estimate, 'estimate');
    assertClose(got.stdError, row.se, 'se');
  });

  test('propensity_stratification: estimate and every stratum', () => {
    const row = golden('lal614_strat5_ate');
    const got = propensityStratification.estimate(lalonde(), OPTIONS, CONTEXT);
    assertClose(got.estimate, row.estimate, 'estimate');
    const strata = got.details.strata as { n: number; n_treated: number; difference: number }[];
    assertClose(
      strata.map((stratum) => stratum.difference),
      row.extra!.strata_diff,
      'differences',
    );
    assert.deepEqual(
      strata.map((stratum) => [stratum.n, stratum.n_treated]),
      (row.extra!.n as number[]).map((n, k) => [n, (row.extra!.n1 as number[])[k]]),
    );
    assert.equal(got.stdError, null, 'the first stratum has one treated row');
    assert.match(got.warnings.join(), /stratum 1 has a single treated row/);
  });

  test('propensity_matching: lowest row index in ties, paired, pooled and clustered errors', () => {
    const row = golden('lal614_match_nn_norep');
    const got = propensityMatching.estimate(lalonde(), OPTIONS, CONTEXT);
    assertClose(got.estimate, row.estimate, 'estimate');
    assertClose(got.stdError, row.se, 'se');
    assertClose(got.details.se_pooled, row.extra!.se_pooled, 'se_pooled');
    assertClose(got.details.se_cluster_hc1, row.extra!.se_cluster_HC1, 'se_cluster_hc1');
    assert.equal(got.details.n_pairs, row.extra!.n_pairs);
  });
});

describe('diagnostics agree with the reference', { skip: referenceMissing }, () => {
  test('the propensity model', () => {
    const row = golden('lal614_logit');
    const model = diagnose(lalonde(), OPTIONS, CONTEXT).json.propensity_model as Record<string, unknown>;
    assert.deepEqual(model.names, row.extra!.names);
    assertClose(model.coefficients, row.estimate, 'coefficients');
    assertClose(model.std_errors, row.se, 'std_errors');
    for (const name of ['deviance', 'null_deviance', 'aic', 'ps_min', 'ps_max', 'auc']) {
      assertClose(model[name], row.extra![name], name);
    }
    assertClose(model.log_likelihood, row.extra!.logLik, 'log_likelihood');
  });

  test('the scores themselves reproduce the weights and coefficients of NHEFS', () => {
    const row = golden('nhefs_ipw');
    const { json, units } = diagnose(nhefs(), OPTIONS, CONTEXT);
    assertClose((json.propensity_model as Record<string, unknown>).coefficients, row.extra!.ps_coef, 'coefficients');
    const weights = units.weights_ate!;
    assertClose(
      weights.reduce((a, b) => a + b, 0),
      row.extra!.w_sum,
      'sum of weights',
    );
    assertClose((json.weights as Record<string, { max: number }>).ate!.max, row.extra!.w_max, 'largest weight');
  });

  test('balance in every convention, and the effective sample size', () => {
    const row = golden('lal614_balance');
    const { json } = diagnose(lalonde(), OPTIONS, CONTEXT);
    const found = new Map(
      (json.balance as Record<string, unknown>[]).map((entry) => [String(entry.column).replace('race', ''), entry]),
    );
    const columns = (key: string) => (row.extra!.names as string[]).map((name) => found.get(name)![key]);
    assert.equal(found.size, 9);
    assertClose(columns('smd'), row.estimate, 'smd');
    assertClose(columns('smd_binary_convention'), row.extra!.smd_matchit_convention, 'smd_binary_convention');
    assertClose(columns('smd_pooled'), row.extra!.smd_pooled, 'smd_pooled');
    assertClose(columns('smd_weighted_att'), row.extra!.smd_att_weighted, 'smd_weighted_att');
    assertClose(columns('ks'), row.extra!.ks, 'ks');
    assertClose(columns('variance_ratio'), row.extra!.var_ratio, 'variance_ratio');
    assertClose((json.effective_sample_size as Record<string, unknown>).att_control, row.extra!.ess_control_att, 'ess');
  });

  test('overlap quantiles and the rows in common support', () => {
    const row = golden('lal614_overlap');
    const overlap = diagnose(lalonde(), OPTIONS, CONTEXT).json.overlap as Record<string, number[]>;
    assertClose([...overlap.treated!, ...overlap.control!], row.estimate, 'quantiles');
    assert.equal(overlap.n_common_support, row.extra!.n_common_support);
  });
});

describe('E-values agree with the reference', { skip: referenceMissing }, () => {
  test('a harmful and a protective risk ratio', () => {
    const harmful = evalueRiskRatio(3.9, [1.8, 8.7]);
    assertClose([harmful.point, harmful.interval], golden('evalue_rr_3.9').estimate, 'RR 3.9');
    const protective = evalueRiskRatio(0.8, [0.71, 0.91]);
    assertClose([protective.point, protective.interval], golden('evalue_rr_0.80').estimate, 'RR 0.80');
  });

  test('a standardised mean difference', () => {
    const row = golden('evalue_smd');
    const value = evalueStandardisedDifference(0.5, 0.25);
    assertClose([value.point, value.interval], row.estimate, 'E-values');
    assertClose([value.riskRatio, value.ciLower], [row.extra!.RR, row.extra!.lo], 'risk ratio');
  });
});
