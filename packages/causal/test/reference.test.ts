/**
 * Regression rows of the reference results. All are closed-form least squares, so that nothing but rounding
 * separates two correct programs: the tolerance is 1e-9 relative, the golden file's numbers having 12 digits.
 */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { ResolvedOptions } from '@penstock/contracts';
import { did2x2 } from '../src/estimators/did_2x2.ts';
import { differenceInMeans } from '../src/estimators/difference_in_means.ts';
import { gComputation } from '../src/estimators/g_computation.ts';
import { iv2sls } from '../src/estimators/iv_2sls.ts';
import { ols } from '../src/estimators/ols.ts';
import type { AnalysisInput, Column, Estimator } from '../src/types.ts';
import { Frame } from './support/frame.ts';
import { CONTEXT, OPTIONS } from './support/input.ts';
import { assertClose, golden, referenceMissing } from './support/reference.ts';

const TOLERANCE = 1e-9;
const ROBUST = ['HC0', 'HC1', 'HC2', 'HC3', 'HC4'] as const;
type Extra = Readonly<Record<string, unknown>>;

function run(estimator: Estimator, input: AnalysisInput, options: Partial<ResolvedOptions> = {}) {
  return estimator.estimate(input, { ...OPTIONS, covariance: 'classical', ...options }, CONTEXT);
}

function close(actual: unknown, expected: unknown, what: string): void {
  assertClose(actual, expected, what, TOLERANCE);
}

/** Estimate and classical error of the row, and every robust error that `extra` (or `extra.HC`) names. */
function compareOls(id: string, input: AnalysisInput): void {
  const row = golden(id);
  const result = run(ols, input);
  close(result.estimate, row.estimate, `${id} estimate`);
  close(result.stdError, row.se, `${id} se`);
  const errors = ((row.extra?.HC as Extra | undefined) ?? row.extra ?? {}) as Extra;
  for (const covariance of ROBUST) {
    if (covariance in errors) close(run(ols, input, { covariance }).stdError, errors[covariance], `${id} ${covariance}`);
  }
}

function columnsOf(frame: Frame, names: string): Column[] {
  return names.split(' ').map((name) => frame.column(name));
}

interface Line {
  readonly name: string;
  readonly estimate: number;
  readonly std_error: number;
}

function lines(details: Extra): readonly Line[] {
  return details.coefficients as readonly Line[];
}

const nsw = () => Frame.fromReference('nsw_dw.csv');
const cps1 = () =>
  nsw()
    .where((row) => row('treat') === 1)
    .append(Frame.fromReference('cps1_controls.csv'));
const DW = 'age age^2 educ nodegree black hisp re74 re75';
const MHE = 'age educ black hisp marr nodegree re74 re75';

describe('reference results: randomised experiment', { skip: referenceMissing }, () => {
  test('nsw_dm_welch: Welch error, degrees of freedom, p-value and interval', () => {
    const { estimate, se, extra } = golden('nsw_dm_welch');
    const result = run(differenceInMeans, nsw().input('re78', 'treat'));
    close(result.estimate, estimate, 'estimate');
    close(result.stdError, se, 'se');
    close(result.pValue, extra!.pval, 'p-value');
    close([result.ciLower, result.ciUpper], extra!.ci, 'interval');
    const { df, statistic, n1, n0 } = result.details;
    close([df, statistic, n1, n0], [extra!.df, extra!.tstat, extra!.n1, extra!.n0], 'details');
  });

  test('nsw_dm_pooled: pooled error, and the robust ones of the same difference as a regression', () => {
    const input = nsw().input('re78', 'treat');
    const { estimate, se } = golden('nsw_dm_pooled');
    const result = run(differenceInMeans, input, { difference_in_means_variance: 'pooled' });
    close(result.estimate, estimate, 'estimate');
    close(result.stdError, se, 'se');
    compareOls('nsw_dm_pooled', input);
  });

  test('nsw_ols_adj: all coefficients, R², sigma and HC0–HC3', () => {
    const frame = nsw();
    const input = frame.input('re78', 'treat', columnsOf(frame, MHE));
    compareOls('nsw_ols_adj', input);
    const { extra } = golden('nsw_ols_adj');
    const { details } = run(ols, input);
    close([details.r2, details.sigma], [extra!.r2, extra!.sigma], 'fit');
    const expected = extra!.coef as Readonly<Record<string, number>>;
    assert.equal(lines(details).length, Object.keys(expected).length);
    for (const line of lines(details)) close(line.estimate, expected[line.name], line.name);
  });

  test('nsw_ols_dw and nsw_ols_adj_dw: with the square of age', () => {
    const frame = nsw();
    compareOls('nsw_ols_dw', frame.input('re78', 'treat', columnsOf(frame, DW)));
    compareOls('nsw_ols_adj_dw', frame.input('re78', 'treat', columnsOf(frame, `${MHE} age^2`)));
  });

  test('lalonde722_dm', () => {
    compareOls('lalonde722_dm', Frame.fromReference('nsw_lalonde.csv').input('re78', 'treat'));
  });
});

describe('reference results: comparison groups', { skip: referenceMissing }, () => {
  test('psid1_naive', () => {
    compareOls('psid1_naive', Frame.fromReference('nsw_psid1.csv').input('re78', 'trt'));
  });

  test('cps1_naive, cps1_ols and cps1_ols_mhe', () => {
    const frame = cps1();
    compareOls('cps1_naive', frame.input('re78', 'treat'));
    compareOls('cps1_ols', frame.input('re78', 'treat', columnsOf(frame, DW)));
    compareOls('cps1_ols_mhe', frame.input('re78', 'treat', columnsOf(frame, MHE)));
  });

  test('lal614_naive and lal614_ols, race as dummies', () => {
    const frame = Frame.fromReference('lalonde_matchit.csv');
    compareOls('lal614_naive', frame.input('re78', 'treat'));
    const covariates = [...columnsOf(frame, 'age educ married nodegree re74 re75'), ...frame.dummies('race')];
    compareOls('lal614_ols', frame.input('re78', 'treat', covariates));
  });

  test('darfur_ols: village dummies, t statistic and degrees of freedom', () => {
    const frame = Frame.fromReference('darfur.csv');
    const covariates = [
      ...columnsOf(frame, 'age farmer_dar herder_dar pastvoted hhsize_darfur female'),
      ...frame.dummies('village'),
    ];
    const input = frame.input('peacefactor', 'directlyharmed', covariates);
    compareOls('darfur_ols', input);
    const { details } = run(ols, input);
    const { extra } = golden('darfur_ols');
    close([details.statistic, details.df], [extra!.tstat, extra!.dof], 't');
  });
});

describe('reference results: NHEFS', { skip: referenceMissing }, () => {
  const frame = () => Frame.fromReference('nhefs.csv').where((row) => !Number.isNaN(row('wt82')));
  const adjusted = () => {
    const data = frame();
    const smooth = 'sex race age age^2 smokeintensity smokeintensity^2 smokeyrs smokeyrs^2 wt71 wt71^2';
    const covariates = [
      ...columnsOf(data, smooth),
      ...data.dummies('education'),
      ...data.dummies('exercise'),
      ...data.dummies('active'),
    ];
    return data.input('wt82_71', 'qsmk', covariates);
  };

  test('nhefs_crude and nhefs_ols', () => {
    compareOls('nhefs_crude', frame().input('wt82_71', 'qsmk'));
    compareOls('nhefs_ols', adjusted());
  });

  test('nhefs_std: standardisation with one interaction, and the two means', () => {
    const { estimate, extra } = golden('nhefs_std');
    const result = run(gComputation, adjusted(), { outcome_interactions: ['smokeintensity'] });
    close(result.estimate, estimate, 'estimate');
    close([result.details.mean1, result.details.mean0], [extra!.mean1, extra!.mean0], 'means');
  });

  test('nhefs_std: without interactions it is the regression, error included', () => {
    const { estimate, se, extra } = golden('nhefs_ols');
    const result = run(gComputation, adjusted(), { outcome_interactions: 'none' });
    close(result.estimate, estimate, 'estimate');
    close(result.stdError, se, 'se');
    const robust = run(gComputation, adjusted(), { outcome_interactions: 'none', covariance: 'HC3' });
    close(robust.stdError, (extra!.HC as Extra).HC3, 'HC3');
  });

  test('nhefs_iv: an instrument so weak that it is warned of', () => {
    const { estimate, se, extra } = golden('nhefs_iv');
    const data = frame().where((row) => !Number.isNaN(row('price82')));
    const high = { name: 'highprice', values: data.numbers('price82').map((price) => (price >= 1.5 ? 1 : 0)) };
    const result = run(iv2sls, data.input('wt82_71', 'qsmk', [], { instruments: [high] }));
    close(result.estimate, estimate, 'estimate');
    close(result.stdError, se, 'se');
    const first = result.details.first_stage as Extra;
    close([result.n, lines(first)[0]!.estimate, first.f], [extra!.n, extra!.first_stage, extra!.F], 'first stage');
    assert.match(result.warnings.join(), /weak instruments/);
  });
});

describe('reference results: instruments', { skip: referenceMissing }, () => {
  const card = () => {
    const frame = Frame.fromReference('card.csv');
    const regions = Array.from({ length: 8 }, (_, i) => `reg66${i + 2}`).join(' ');
    const covariates = columnsOf(frame, `exper expersq black smsa south smsa66 ${regions}`);
    return frame.input('lwage', 'educ', covariates, { instruments: [frame.column('nearc4')] });
  };

  test('card_ols', () => compareOls('card_ols', card()));

  test('card_iv: errors, first stage with classical and robust F, Wu–Hausman; no Sargan with one instrument', () => {
    const { estimate, se, extra } = golden('card_iv');
    const result = run(iv2sls, card());
    close(result.estimate, estimate, 'estimate');
    close(result.stdError, se, 'se');
    close(run(iv2sls, card(), { covariance: 'HC0' }).stdError, extra!.se_HC0, 'HC0');
    close(run(iv2sls, card(), { covariance: 'HC1' }).stdError, extra!.se_HC1, 'HC1');
    const first = result.details.first_stage as Extra;
    const [line] = lines(first);
    close([line!.estimate, line!.std_error], [extra!.first_stage, extra!.first_stage_se], 'first stage');
    compareTests(result.details, extra!.diag as Extra);
    close(first.f_robust_hc1, extra!.F_robust_HC1, 'robust F');
  });

  test('mroz_iv: two instruments, all coefficients, Sargan', () => {
    const { estimate, se, extra } = golden('mroz_iv');
    const frame = Frame.fromReference('mroz.csv').where((row) => row('inlf') === 1);
    const instruments = columnsOf(frame, 'motheduc fatheduc');
    const input = frame.input('lwage', 'educ', columnsOf(frame, 'exper expersq'), { instruments });
    const result = run(iv2sls, input);
    close(
      lines(result.details).map((line) => line.estimate),
      estimate,
      'coefficients',
    );
    close(
      lines(result.details).map((line) => line.std_error),
      se,
      'errors',
    );
    close(run(iv2sls, input, { covariance: 'HC1' }).stdError, extra!.se_HC1, 'HC1');
    compareTests(result.details, extra!.diag as Extra);
  });

  function compareTests(details: Extra, expected: Extra): void {
    const first = details.first_stage as Extra;
    close([first.f, first.f_p_value], [expected.Weak_instruments_stat, expected.Weak_instruments_p], 'F');
    const wu = details.wu_hausman as Extra;
    close([wu.statistic, wu.p_value], [expected.Wu_Hausman_stat, expected.Wu_Hausman_p], 'Wu–Hausman');
    const overidentified = details.sargan as Extra | null;
    if (expected.Sargan_stat === null) assert.equal(overidentified, null);
    else close([overidentified!.statistic, overidentified!.p_value], [expected.Sargan_stat, expected.Sargan_p], 'Sargan');
  }
});

describe('reference results: covariances', { skip: referenceMissing }, () => {
  test('petersen: errors by firm, by year, by both, and uncorrected for the columns', () => {
    const { estimate, se, extra } = golden('petersen');
    const frame = Frame.fromReference('petersen_cl.csv');
    const error = (clusters: string[], options: Partial<ResolvedOptions>) =>
      run(ols, frame.input('y', 'x', [], { clusters: clusters.map((name) => frame.codes(name)) }), options);
    const byFirm = error(['firm'], { covariance: 'cluster' });
    close(byFirm.estimate, estimate, 'estimate');
    close(byFirm.stdError, se, 'firm');
    assert.equal(byFirm.details.df, 499);
    close(error(['year'], { covariance: 'cluster' }).stdError, extra!.year, 'year');
    close(error(['firm', 'year'], { covariance: 'cluster' }).stdError, extra!.firm_year, 'firm and year');
    close(error(['firm'], { covariance: 'cluster', small_sample: 'groups' }).stdError, extra!.firm_HC0, 'firm, G/(G-1)');
    close(error([], {}).stdError, extra!.iid, 'iid');
    close(error([], { covariance: 'HC0' }).stdError, extra!.HC0, 'HC0');
    close(error([], { covariance: 'HC1' }).stdError, extra!.HC1, 'HC1');
  });

  test('publicschools_hc: HC0–HC4 of all coefficients', () => {
    const row = golden('publicschools_hc');
    const frame = Frame.fromReference('public_schools.csv').where((cell) => !Number.isNaN(cell('Expenditure')));
    const income = frame.numbers('Income').map((value) => value / 1e4);
    const square = { name: 'income^2', values: income.map((value) => value * value) };
    const base = frame.input('Expenditure', 'Income', [square]);
    const input: AnalysisInput = { ...base, treatment: { kind: 'continuous', name: 'income', values: income } };
    const classical = lines(run(ols, input).details);
    close(
      classical.map((line) => line.estimate),
      row.estimate,
      'coefficients',
    );
    close(
      classical.map((line) => line.std_error),
      row.se,
      'classical',
    );
    for (const covariance of ROBUST) {
      const robust = lines(run(ols, input, { covariance }).details);
      close(
        robust.map((line) => line.std_error),
        row.extra![covariance],
        covariance,
      );
    }
  });
});

describe('reference results: difference in differences', { skip: referenceMissing }, () => {
  /** The file's `store` does not link the waves; within a state both waves list the stores in the same order. */
  const cardKrueger = () => {
    const all = Frame.fromReference('card_krueger.csv');
    const seen = new Map<string, number>();
    const waves = all.texts('d');
    const stores = all.texts('nj').map((state, i) => {
      const block = `${state}/${waves[i]}`;
      const position = seen.get(block) ?? 0;
      seen.set(block, position + 1);
      return `${state}-${position}`;
    });
    const linked = new Frame(new Map([...all.columns, ['unit', stores]]));
    return linked.where((row) => !Number.isNaN(row('fte')));
  };

  test('ck_did_balanced: the change regression, HC2 (= Welch) and classical errors', () => {
    const { estimate, se, extra } = golden('ck_did_balanced');
    const frame = cardKrueger();
    const input = frame.input('fte', 'nj', [], { unit: frame.codes('unit'), time: frame.codes('d') });
    const result = run(did2x2, input, { covariance: 'HC2' });
    close(result.estimate, estimate, 'estimate');
    close(result.stdError, se, 'HC2');
    close(result.details.units, extra!.n, 'units');
    close(run(did2x2, input).stdError, extra!.se_ols, 'classical');
  });

  test('ck_did_balanced: the product of group and period as treatment gives the same', () => {
    const { estimate, se } = golden('ck_did_balanced');
    const frame = cardKrueger();
    const input = frame.input('fte', 'd_nj', [], { unit: frame.codes('unit'), time: frame.codes('d') });
    const result = run(did2x2, input, { covariance: 'HC2' });
    close(result.estimate, estimate, 'estimate');
    close(result.stdError, se, 'HC2');
  });

  test('kielmc_did: two cross-sections', () => {
    const { estimate, se } = golden('kielmc_did');
    const frame = Frame.fromReference('kielmc.csv');
    const result = run(did2x2, frame.input('rprice', 'nearinc', [], { time: frame.codes('year') }));
    close(result.estimate, estimate, 'estimate');
    close(result.stdError, se, 'se');
  });
});
