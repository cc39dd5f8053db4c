/**
 * The reference results, asked for through the gateway. Closed forms and converged maxima: 1e-6 relative is asked of
 * each, the references carry 12 digits.
 */
import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { after, before, describe, it } from 'node:test';
import { Pair } from '../support/pair.ts';
import { analyze, upload } from '../support/requests.ts';
import { Table } from '../support/table.ts';

const FOLDER = process.env.REFERENCE_DIR ?? path.join(import.meta.dirname, '../../../shared/reference');
const missing = existsSync(path.join(FOLDER, 'golden.json'))
  ? false
  : 'skipped: no reference data here; set REFERENCE_DIR to a folder with golden.json and data/';
const TOLERANCE = 1e-6;

type Json = Record<string, unknown>;
interface Row {
  readonly id: string;
  readonly estimate: number | number[];
  readonly se?: number | number[];
  readonly extra?: Json;
}
interface Reply {
  readonly results: readonly ({ name: string; status: string; estimate: number; std_error: number; details: Json } & Json)[];
  readonly diagnostics: Json;
}
interface Spec {
  readonly table: Table;
  readonly mapping: Json;
  readonly options?: Json;
}

const reference = (file: string): Table => Table.parse(readFileSync(path.join(FOLDER, 'data', file), 'utf8'));
const at = (value: unknown, ...keys: string[]): unknown => keys.reduce((inner, key) => (inner as Json)[key], value);

function close(actual: unknown, expected: unknown, what: string): void {
  const [got, want] = [[actual].flat(), [expected].flat()];
  assert.equal(got.length, want.length, `${what}: ${got.length} numbers instead of ${want.length}`);
  for (const [i, value] of want.entries()) {
    const target = value as number;
    const off = Math.abs((got[i] as number) - target) / (target === 0 ? 1 : Math.abs(target));
    assert.ok(off <= TOLERANCE, `${what}[${i}]: ${String(got[i])} instead of ${target} (off by ${off.toExponential(2)})`);
  }
}

describe('through the gateway, the engine reproduces the reference results', { skip: missing }, () => {
  let pair: Pair;
  let golden: Map<string, Row>;
  const ids = new Map<string, Promise<string>>();
  before(async () => {
    golden = new Map((JSON.parse(readFileSync(path.join(FOLDER, 'golden.json'), 'utf8')) as Row[]).map((row) => [row.id, row]));
    pair = await Pair.start();
  });
  after(() => pair.stop());

  const row = (id: string): Row => {
    const found = golden.get(id);
    assert.ok(found !== undefined, `no golden row ${id}`);
    return found;
  };

  async function ask({ table, mapping, options = {} }: Spec): Promise<Reply> {
    const csv = table.toCsv();
    const id = ids.get(csv) ?? upload(pair.gatewayUrl, csv);
    ids.set(csv, id);
    const answer = await analyze(pair.gatewayUrl, { dataset_id: await id, mapping, options: { figures: false, ...options } });
    assert.equal(answer.status, 200, answer.text);
    return answer.body as unknown as Reply;
  }

  async function result(name: string, spec: Spec) {
    const reply = await ask({ ...spec, options: { estimators: [name], ...spec.options } });
    const found = reply.results.find((each) => each.name === name);
    assert.equal(found?.status, 'ok', JSON.stringify(found));
    return found!;
  }

  const ROBUST = ['HC0', 'HC1', 'HC2', 'HC3'] as const;

  /** Estimate, classical error and every robust error that the row names. */
  async function compareOls(id: string, spec: Spec): Promise<void> {
    const { estimate, se, extra = {} } = row(id);
    const classical = await result('ols', { ...spec, options: { covariance: 'classical' } });
    close(classical.estimate, estimate, `${id} estimate`);
    close(classical.std_error, se, `${id} se`);
    const errors = (extra.HC ?? extra) as Json;
    for (const covariance of ROBUST) {
      if (covariance in errors)
        close((await result('ols', { ...spec, options: { covariance } })).std_error, errors[covariance], `${id} ${covariance}`);
    }
  }

  const MHE = ['age', 'educ', 'black', 'hisp', 'marr', 'nodegree', 're74', 're75'];
  const DW = ['age', 'age2', 'educ', 'nodegree', 'black', 'hisp', 're74', 're75'];
  const nsw = (): Table => reference('nsw_dw.csv').square('age');
  const cps1 = (): Table => {
    const treated = reference('nsw_dw.csv').where((each) => each.treat === '1');
    return treated.append(reference('cps1_controls.csv')).square('age');
  };
  const onNsw = (covariates: string[]): Spec => ({ table: nsw(), mapping: { y: 're78', treatment: 'treat', covariates } });
  const onCps = (covariates: string[]): Spec => ({ table: cps1(), mapping: { y: 're78', treatment: 'treat', covariates } });

  it('nsw_dm_welch', async () => {
    const { estimate, se, extra } = row('nsw_dm_welch');
    const dm = await result('difference_in_means', onNsw([]));
    close(dm.estimate, estimate, 'estimate');
    close(dm.std_error, se, 'se');
    close(dm.p_value, extra!.pval, 'p-value');
    close([dm.ci_lower, dm.ci_upper], extra!.ci, 'interval');
    close([dm.details.df, dm.details.n1, dm.details.n0], [extra!.df, extra!.n1, extra!.n0], 'details');
  });

  it('nsw_dm_pooled', async () => {
    const { estimate, se } = row('nsw_dm_pooled');
    const dm = await result('difference_in_means', { ...onNsw([]), options: { difference_in_means_variance: 'pooled' } });
    close(dm.estimate, estimate, 'estimate');
    close(dm.std_error, se, 'se');
    await compareOls('nsw_dm_pooled', onNsw([]));
  });

  it('nsw_ols_adj, nsw_ols_dw, nsw_ols_adj_dw', async () => {
    await compareOls('nsw_ols_adj', onNsw(MHE));
    await compareOls('nsw_ols_dw', onNsw(DW));
    await compareOls('nsw_ols_adj_dw', onNsw([...MHE, 'age2']));
    const { extra } = row('nsw_ols_adj');
    const { details } = await result('ols', { ...onNsw(MHE), options: { covariance: 'classical' } });
    close([details.r2, details.sigma], [extra!.r2, extra!.sigma], 'fit');
    for (const line of details.coefficients as { name: string; estimate: number }[])
      close(line.estimate, at(extra!.coef, line.name), line.name);
  });

  it('lalonde722_dm and psid1_naive', async () => {
    await compareOls('lalonde722_dm', {
      table: reference('nsw_lalonde.csv'),
      mapping: { y: 're78', treatment: 'treat', covariates: [] },
    });
    await compareOls('psid1_naive', {
      table: reference('nsw_psid1.csv'),
      mapping: { y: 're78', treatment: 'trt', covariates: [] },
    });
  });

  it('cps1_naive, cps1_ols and cps1_ols_mhe', async () => {
    await compareOls('cps1_naive', onCps([]));
    await compareOls('cps1_ols', onCps(DW));
    await compareOls('cps1_ols_mhe', onCps(MHE));
  });

  const lalonde = (options: Json = {}): Spec => ({
    table: reference('lalonde_matchit.csv'),
    mapping: { y: 're78', treatment: 'treat', covariates: ['age', 'educ', 'race', 'married', 'nodegree', 're74', 're75'] },
    options,
  });

  it('lal614_naive and lal614_ols', async () => {
    const spec = lalonde();
    await compareOls('lal614_naive', { ...spec, mapping: { ...spec.mapping, covariates: [] } });
    await compareOls('lal614_ols', spec);
  });

  it('lal614_ipw_ate, lal614_ipw_att and lal614_ipw_ht', async () => {
    for (const [id, name] of [
      ['lal614_ipw_ate', 'ipw_ate'],
      ['lal614_ipw_att', 'ipw_att'],
    ] as const) {
      const { estimate, se, extra } = row(id);
      const ipw = await result(name, lalonde());
      close(ipw.estimate, estimate, `${id} estimate`);
      close(ipw.std_error, se, `${id} se`);
      close([ipw.details.mu1, ipw.details.mu0], [extra!.mu1, extra!.mu0], `${id} means`);
      close(ipw.details.ess, extra!.ess, `${id} effective sample sizes`);
      close(ipw.details.se_hc0_fixed_weights, extra!.se_HC0_fixed_w, `${id} HC0`);
      close(ipw.details.se_hc2_fixed_weights, extra!.se_HC2_fixed_w, `${id} HC2`);
    }
    const { estimate, se } = row('lal614_ipw_ht');
    const ht = await result('ipw_ate', lalonde({ ipw_normalization: 'horvitz_thompson' }));
    close(ht.estimate, estimate, 'Horvitz–Thompson estimate');
    close(ht.std_error, se, 'Horvitz–Thompson se');
  });

  it('lal614_aipw_ate', async () => {
    const { estimate, se } = row('lal614_aipw_ate');
    const aipw = await result('aipw', lalonde());
    close(aipw.estimate, estimate, 'estimate');
    close(aipw.std_error, se, 'se');
  });

  it('lal614_strat5_ate', async () => {
    const { estimate, extra } = row('lal614_strat5_ate');
    const strat = await result('propensity_stratification', lalonde());
    close(strat.estimate, estimate, 'estimate');
    const strata = strat.details.strata as { n: number; n_treated: number; difference: number }[];
    close(
      strata.map(({ difference }) => difference),
      extra!.strata_diff,
      'differences',
    );
    close(
      strata.map(({ n }) => n),
      extra!.n,
      'n',
    );
    close(
      strata.map(({ n_treated }) => n_treated),
      extra!.n1,
      'n1',
    );
  });

  it('lal614_match_nn_norep', async () => {
    const { estimate, se, extra } = row('lal614_match_nn_norep');
    const matching = await result('propensity_matching', lalonde());
    close(matching.estimate, estimate, 'estimate');
    close(matching.std_error, se, 'se');
    close(
      [matching.details.se_pooled, matching.details.se_cluster_hc1, matching.details.n_pairs],
      [extra!.se_pooled, extra!.se_cluster_HC1, extra!.n_pairs],
      'details',
    );
  });

  it('lal614_logit, lal614_balance and lal614_overlap', async () => {
    const { diagnostics } = await ask(lalonde());
    const logit = row('lal614_logit');
    const model = diagnostics.propensity_model as Json;
    // Numeric columns come first here, R keeps the formula's order.
    const positions = (logit.extra!.names as string[]).map((name) =>
      (model.names as string[]).findIndex((each) => each.replace('=', '') === name),
    );
    const inOrder = (values: unknown) => positions.map((position) => (values as number[])[position]);
    close(inOrder(model.coefficients), logit.estimate, 'coefficients');
    close(inOrder(model.std_errors), logit.se, 'standard errors');
    for (const name of ['deviance', 'null_deviance', 'aic', 'ps_min', 'ps_max', 'auc'])
      close(model[name], logit.extra![name], name);
    close(model.log_likelihood, logit.extra!.logLik, 'logLik');

    const balance = row('lal614_balance');
    const lines = diagnostics.balance as Json[];
    const columns = (key: string) =>
      (balance.extra!.names as string[]).map(
        (name) => lines.find(({ column }) => column === name || column === `race${name}` || column === `race=${name}`)?.[key],
      );
    close(columns('smd'), balance.estimate, 'smd');
    close(columns('smd_binary_convention'), balance.extra!.smd_matchit_convention, 'smd of binaries');
    close(columns('smd_pooled'), balance.extra!.smd_pooled, 'smd pooled');
    close(columns('smd_weighted_att'), balance.extra!.smd_att_weighted, 'smd weighted');
    close(columns('ks'), balance.extra!.ks, 'KS');
    close(columns('variance_ratio'), balance.extra!.var_ratio, 'variance ratio');
    close(at(diagnostics, 'effective_sample_size', 'att_control'), balance.extra!.ess_control_att, 'effective sample size');

    const overlap = row('lal614_overlap');
    const found = diagnostics.overlap as { treated: number[]; control: number[]; n_common_support: number };
    close([...found.treated, ...found.control], overlap.estimate, 'overlap');
    assert.equal(found.n_common_support, overlap.extra!.n_common_support);
  });

  const NHEFS = [
    'sex',
    'race',
    'age',
    'age2',
    'education',
    'smokeintensity',
    'smokeintensity2',
    'smokeyrs',
    'smokeyrs2',
    'exercise',
    'active',
    'wt71',
    'wt712',
  ];
  const nhefs = (covariates: string[], options: Json = {}): Spec => {
    let table = reference('nhefs.csv').where((each) => each.wt82 !== '');
    for (const name of ['age', 'smokeintensity', 'smokeyrs', 'wt71']) table = table.square(name);
    for (const name of ['education', 'exercise', 'active']) table = table.asText(name);
    return { table, mapping: { y: 'wt82_71', treatment: 'qsmk', covariates }, options };
  };

  it('nhefs_crude, nhefs_ols, nhefs_ipw_mest and nhefs_std', async () => {
    await compareOls('nhefs_crude', nhefs([]));
    await compareOls('nhefs_ols', nhefs(NHEFS));
    const ipw = await result('ipw_ate', nhefs(NHEFS));
    const mest = row('nhefs_ipw_mest');
    close([ipw.estimate, ipw.std_error], [mest.estimate, mest.se], 'IPW');
    close([ipw.details.mu1, ipw.details.mu0], [mest.extra!.mu1, mest.extra!.mu0], 'IPW means');
    const std = row('nhefs_std');
    const gformula = await result('g_computation', nhefs(NHEFS, { outcome_interactions: ['smokeintensity'] }));
    close(gformula.estimate, std.estimate, 'g-formula');
    close([gformula.details.mean1, gformula.details.mean0], [std.extra!.mean1, std.extra!.mean0], 'g-formula means');
  });

  it('nhefs_iv', async () => {
    const { estimate, se, extra } = row('nhefs_iv');
    const table = nhefs([])
      .table.where((each) => each.price82 !== '')
      .with('highprice', (each) => (Number(each.price82) >= 1.5 ? 1 : 0));
    const iv = await result('iv_2sls', {
      table,
      mapping: { y: 'wt82_71', treatment: 'qsmk', covariates: [], instruments: 'highprice' },
      options: { covariance: 'classical' },
    });
    close([iv.estimate, iv.std_error, iv.n], [estimate, se, extra!.n], 'IV');
    close(at(iv.details, 'first_stage', 'f'), extra!.F, 'F');
    close(
      (at(iv.details, 'first_stage', 'coefficients') as { estimate: number }[])[0]?.estimate,
      extra!.first_stage,
      'first stage',
    );
  });

  const CARD = ['exper', 'expersq', 'black', 'smsa', 'south', 'smsa66', ...Array.from({ length: 8 }, (_, i) => `reg66${i + 2}`)];
  const card = (covariance: string): Spec => ({
    table: reference('card.csv'),
    mapping: { y: 'lwage', treatment: 'educ', covariates: CARD, instruments: ['nearc4'] },
    options: { covariance },
  });

  it('card_ols and card_iv', async () => {
    const { mapping, table } = card('classical');
    await compareOls('card_ols', { table, mapping: { ...mapping, instruments: undefined } });
    const { estimate, se, extra } = row('card_iv');
    const iv = await result('iv_2sls', card('classical'));
    close([iv.estimate, iv.std_error], [estimate, se], 'IV');
    close((await result('iv_2sls', card('HC0'))).std_error, extra!.se_HC0, 'HC0');
    close((await result('iv_2sls', card('HC1'))).std_error, extra!.se_HC1, 'HC1');
    const first = (at(iv.details, 'first_stage', 'coefficients') as { estimate: number; std_error: number }[])[0]!;
    close([first.estimate, first.std_error], [extra!.first_stage, extra!.first_stage_se], 'first stage');
    close(
      [at(iv.details, 'first_stage', 'f'), at(iv.details, 'first_stage', 'f_p_value')],
      [at(extra!.diag, 'Weak_instruments_stat'), at(extra!.diag, 'Weak_instruments_p')],
      'F',
    );
    close(at(iv.details, 'first_stage', 'f_robust_hc1'), extra!.F_robust_HC1, 'robust F');
    close(
      [at(iv.details, 'wu_hausman', 'statistic'), at(iv.details, 'wu_hausman', 'p_value')],
      [at(extra!.diag, 'Wu_Hausman_stat'), at(extra!.diag, 'Wu_Hausman_p')],
      'Wu–Hausman',
    );
    assert.equal(iv.details.sargan, null);
  });

  it('mroz_iv', async () => {
    const { estimate, se, extra } = row('mroz_iv');
    const table = reference('mroz.csv').where(({ inlf }) => inlf === '1');
    const mapping = { y: 'lwage', treatment: 'educ', covariates: ['exper', 'expersq'], instruments: ['motheduc', 'fatheduc'] };
    const iv = await result('iv_2sls', { table, mapping, options: { covariance: 'classical' } });
    const lines = iv.details.coefficients as { estimate: number; std_error: number }[];
    close(
      lines.map((line) => line.estimate),
      estimate,
      'coefficients',
    );
    close(
      lines.map((line) => line.std_error),
      se,
      'standard errors',
    );
    close((await result('iv_2sls', { table, mapping, options: { covariance: 'HC1' } })).std_error, extra!.se_HC1, 'HC1');
    close(
      [at(iv.details, 'sargan', 'statistic'), at(iv.details, 'sargan', 'p_value')],
      [at(extra!.diag, 'Sargan_stat'), at(extra!.diag, 'Sargan_p')],
      'Sargan',
    );
    close(at(iv.details, 'first_stage', 'f'), at(extra!.diag, 'Weak_instruments_stat'), 'F');
  });

  it('petersen', async () => {
    const { estimate, se, extra } = row('petersen');
    const table = reference('petersen_cl.csv');
    const ols = (cluster: string[] | undefined, options: Json) =>
      result('ols', { table, mapping: { y: 'y', treatment: 'x', covariates: [], cluster }, options });
    const byFirm = await ols(['firm'], {});
    close([byFirm.estimate, byFirm.std_error], [estimate, se], 'by firm');
    close((await ols(['firm'], { small_sample: 'groups' })).std_error, extra!.firm_HC0, 'by firm, G/(G−1)');
    close((await ols(['year'], {})).std_error, extra!.year, 'by year');
    close((await ols(['firm', 'year'], {})).std_error, extra!.firm_year, 'by firm and year');
    close((await ols(undefined, { covariance: 'classical' })).std_error, extra!.iid, 'iid');
    close((await ols(undefined, { covariance: 'HC0' })).std_error, extra!.HC0, 'HC0');
    close((await ols(undefined, { covariance: 'HC1' })).std_error, extra!.HC1, 'HC1');
  });

  it('publicschools_hc', async () => {
    const { estimate, se, extra } = row('publicschools_hc');
    const table = reference('public_schools.csv')
      .where((each) => each.Expenditure !== '')
      .with('income', (each) => Number(each.Income) / 1e4)
      .square('income');
    const lines = async (covariance: string) =>
      (
        await result('ols', {
          table,
          mapping: { y: 'Expenditure', treatment: 'income', covariates: ['income2'] },
          options: { covariance },
        })
      ).details.coefficients as {
        estimate: number;
        std_error: number;
      }[];
    close(
      (await lines('classical')).map((line) => line.estimate),
      estimate,
      'coefficients',
    );
    close(
      (await lines('classical')).map((line) => line.std_error),
      se,
      'classical',
    );
    for (const covariance of [...ROBUST, 'HC4'])
      close(
        (await lines(covariance)).map((line) => line.std_error),
        extra![covariance],
        covariance,
      );
  });

  it('ck_did_balanced and kielmc_did', async () => {
    const balanced = row('ck_did_balanced');
    // The file's `store` does not link the waves; within a state both list the stores in the same order.
    const seen = new Map<string, number>();
    const table = reference('card_krueger.csv')
      .with('unit', ({ nj = '', d = '' }) => {
        const position = seen.get(`${nj}/${d}`) ?? 0;
        seen.set(`${nj}/${d}`, position + 1);
        return `${nj}-${position}`;
      })
      .where(({ fte }) => fte !== '');
    const mapping = { y: 'fte', treatment: 'nj', unit_id: 'unit', time: 'd', covariates: [] };
    const robust = await result('did_2x2', { table, mapping, options: { covariance: 'HC2' } });
    close(
      [robust.estimate, robust.std_error, robust.details.units],
      [balanced.estimate, balanced.se, balanced.extra!.n],
      'Card and Krueger',
    );
    close(
      (await result('did_2x2', { table, mapping, options: { covariance: 'classical' } })).std_error,
      balanced.extra!.se_ols,
      'classical',
    );
    const kielmc = row('kielmc_did');
    const did = await result('did_2x2', {
      table: reference('kielmc.csv'),
      mapping: { y: 'rprice', treatment: 'nearinc', time: 'year', covariates: [] },
      options: { covariance: 'classical' },
    });
    close([did.estimate, did.std_error], [kielmc.estimate, kielmc.se], 'Kiel and McClain');
  });

  it('darfur_ols', async () => {
    const covariates = ['age', 'farmer_dar', 'herder_dar', 'pastvoted', 'hhsize_darfur', 'female', 'village'];
    await compareOls('darfur_ols', {
      table: reference('darfur.csv'),
      mapping: { y: 'peacefactor', treatment: 'directlyharmed', covariates },
    });
  });
});
