import type { BalanceDatum, EstimateDatum, FigureInput } from '../../src/index.ts';

/** Uniform numbers from 0 to 1, the same on every run (Lehmer's generator). */
function uniform(seed: number): () => number {
  let state = seed % 2147483647;
  return () => {
    state = (state * 48271) % 2147483647;
    return state / 2147483647;
  };
}

const NAMES = ['age', 'educ', 'black', 'hispan', 'married', 'nodegree', 're74', 're75'];

export const ESTIMATES: readonly EstimateDatum[] = [
  { name: 'difference_in_means', title: 'Difference in means', estimand: 'ATE', estimate: 1.2345, ciLower: 0.31, ciUpper: 2.159 },
  {
    name: 'aipw',
    title: 'Augmented inverse probability weighting',
    estimand: 'ATE',
    estimate: 1.9021,
    ciLower: 1.5,
    ciUpper: 2.3,
  },
  { name: 'ipw_ate', title: 'Inverse probability weighting (ATE)', estimand: 'ATE', estimate: 1.87, ciLower: 1.4, ciUpper: 2.34 },
  {
    name: 'ipw_att',
    title: 'Inverse probability weighting (ATT)',
    estimand: 'ATT',
    estimate: 2.11,
    ciLower: 1.31,
    ciUpper: 2.91,
  },
  { name: 'matching', title: 'One-to-one matching', estimand: 'ATT', estimate: -0.4, ciLower: -1.9, ciUpper: 1.1 },
  { name: 'iv_2sls', title: 'Two-stage least squares', estimand: 'LATE', estimate: 2.6, ciLower: -14, ciUpper: 19.2 },
  { name: 'ols', title: 'Ordinary least squares', estimand: 'coefficient', estimate: 1.71, ciLower: null, ciUpper: null },
];

const BALANCE: readonly BalanceDatum[] = NAMES.map((column, index) => ({
  column,
  before: [0.82, -0.41, 1.67, -0.02, 0.719, null, 0.596, 0.287][index]!,
  after: [0.03, -0.08, 0.12, 0.01, -0.04, null, 0.06, 0.09][index]!,
}));

/** An observational study of n rows: scores, groups, and the ATE weights that follow from them. */
export function study(n = 600): FigureInput {
  const next = uniform(11);
  const scores = Float64Array.from({ length: n }, () => 1 / (1 + Math.exp(-(1.4 * (next() + next() + next() - 1.5) * 2 - 0.7))));
  const treated = Float64Array.from(scores, (score) => (next() < score ? 1 : 0));
  const values = Float64Array.from(scores, (score, row) => (treated[row] === 1 ? 1 / score : 1 / (1 - score)));
  const ess = (group: number) => {
    const own = [...values].filter((_, row) => treated[row] === group);
    return own.reduce((a, b) => a + b) ** 2 / own.reduce((a, b) => a + b * b, 0);
  };
  return {
    outcome: 'earnings 1978',
    treatment: 'training',
    alpha: 0.05,
    estimates: ESTIMATES,
    balance: BALANCE,
    propensity: { scores, treated, levels: ['0', '1'] },
    weights: { values, treated, essTreated: ess(1), essControl: ess(0) },
  };
}

export const HOSTILE = [
  '</text><script>globalThis.hurt = 1</script>',
  '" onload="globalThis.hurt = 1',
  ']]><!--<![CDATA[',
  'control\u0000\u0008\u000b\u001f\ufffe\uffff\ud800 end',
  'tab\tnew\nline\rhere',
  '\u202egnp.exe\u202c &amp; &#0; &lt;',
  '',
] as const;

export const LONG = [
  'a_column_whose_name_was_written_by_a_machine_that_never_had_to_read_it_again_2024_q4_final_v2',
  '顧客の過去十二か月における平均購入金額（税込み・返品を除く・全店舗合計）',
  'متوسط الإنفاق الشهري للعميل خلال السنة الماضية (بالعملة المحلية)',
  'הכנסה חודשית (ממוצע)',
  '👩‍👩‍👧‍👦 household size 👍🏽',
  'Zo\u0301e\u0308 n\u0303',
] as const;

/** Names that try to break out, and names that are long or written otherwise. */
export function awkward(): FigureInput {
  const names = [...HOSTILE, ...LONG];
  const base = study(200);
  return {
    ...base,
    outcome: HOSTILE[0],
    treatment: LONG[2],
    balance: names.map((column, index) => ({ column, before: 0.9 - index * 0.05, after: 0.2 - index * 0.01 })),
    estimates: names.map((title, index) => ({
      name: `e${index}`,
      title,
      estimand: index % 2 ? 'ATE' : HOSTILE[1],
      estimate: index / 10,
      ciLower: index / 10 - 1,
      ciUpper: index / 10 + 1,
    })),
    propensity: { ...base.propensity!, levels: [HOSTILE[0], LONG[1]] },
  };
}

/** Numbers at the ends of what is seen. */
export function extremes(): FigureInput {
  const one = (name: string, estimate: number, ciLower: number | null, ciUpper: number | null) => ({
    name,
    title: name,
    estimand: 'ATE',
    estimate,
    ciLower,
    ciUpper,
  });
  return {
    outcome: 'y',
    treatment: 'w',
    alpha: 0.001,
    estimates: [
      one('tiny', 1e-12, -2e-12, 4e-12),
      one('huge', 1e12, 0.999e12, 1.001e12),
      one('exact', 5, 5, 5),
      one('no interval', -3e11, null, null),
    ],
    balance: [
      { column: 'huge', before: -1e12, after: 3e11 },
      { column: 'tiny', before: 1e-12, after: -1e-15 },
      { column: 'nothing', before: null, after: null },
    ],
    propensity: {
      scores: Float64Array.of(1e-12, 2e-12, 0.999999, 1, 0),
      treated: Float64Array.of(1, 0, 1, 1, 0),
      levels: ['no', 'yes'],
    },
    weights: {
      values: Float64Array.of(1e12, 1e-12, 1, 0, 3),
      treated: Float64Array.of(1, 0, 1, 1, 0),
      essTreated: 1.000001,
      essControl: 1.5,
    },
  };
}

export function manyColumns(columns = 200): FigureInput {
  const next = uniform(5);
  const balance = Array.from({ length: columns }, (_, index) => ({
    column: `x${index + 1}`,
    before: 1.2 * (next() - 0.5),
    after: 0.1 * (next() - 0.5),
  }));
  return { ...study(100), balance };
}

export const WORLDS: Readonly<Record<string, () => FigureInput>> = {
  study,
  awkward,
  extremes,
  manyColumns,
  single: () => ({
    ...study(60),
    estimates: ESTIMATES.slice(0, 1),
    balance: BALANCE.slice(0, 1).map((row) => ({ ...row, after: null })),
  }),
};
