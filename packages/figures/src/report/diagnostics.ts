import type { AnalysisReply } from '@penstock/contracts';
import { count, fixed, percent, significant } from '../format.ts';
import { type Child, html, type Markup } from '../markup.ts';
import { name, num, section, table, terms } from './parts.ts';
import { type Json, numberOf, numbersOf, recordOf, recordsOf, textOf } from './read.ts';

const MAX_ROWS = 100;
const three = (value: number): string => (Math.abs(value) < 1e4 ? fixed(value, 3) : significant(value, 3));

/** The piece, or the reason that the reply gives for its absence. */
const absent = (diagnostics: Json, piece: string): Markup =>
  html`<p>Not available: ${textOf(diagnostics[`${piece}_reason`]) ?? 'the analysis did not compute it'}.</p>`;

const imbalance = (row: Json): number => Math.abs(numberOf(row.smd_pooled) ?? numberOf(row.smd) ?? 0);

function balance(diagnostics: Json): Child {
  const rows = recordsOf(diagnostics.balance);
  if (!rows) return absent(diagnostics, 'balance');
  if (rows.length === 0) return html`<p>There are no covariates to compare.</p>`;
  const worst = [...rows].sort((a, b) => imbalance(b) - imbalance(a)).slice(0, MAX_ROWS);
  const cell = (value: unknown) => html`<td class="number">${num(numberOf(value), three)}</td>`;
  const mean = (value: unknown) => html`<td class="number">${num(numberOf(value))}</td>`;
  const head = ['Column', 'Mean, treated', 'Mean, control', 'SMD before', 'SMD weighted (ATE)', 'Variance ratio', 'KS'];
  const weightedReason = textOf(diagnostics.balance_weighted_reason);
  return html`<p>Standardized mean differences (SMD) of the groups, most imbalanced first, over the pooled standard deviation.${
    rows.length > worst.length && ` The first ${worst.length} of ${rows.length} columns; the JSON reply has all.`
  }${weightedReason !== undefined && ` There are no weighted ones: ${weightedReason}.`}</p>
  ${table(
    'Balance of the covariates',
    head,
    worst.map(
      (row) =>
        html`<tr><th scope="row">${name(textOf(row.column) ?? '')}</th>${mean(row.mean_treated)}${mean(row.mean_control)}${cell(
          row.smd_pooled,
        )}${cell(row.smd_weighted_ate)}${cell(row.variance_ratio)}${cell(row.ks)}</tr>`,
    ),
  )}`;
}

/** Quantiles at 0, 5, 50, 95 and 100 %. */
const QUANTILES = ['Least', '5%', 'Median', '95%', 'Greatest'];

function overlap(diagnostics: Json): Child {
  const found = recordOf(diagnostics.overlap);
  if (!found) return absent(diagnostics, 'overlap');
  const share = numberOf(found.share_common_support);
  const rows = (['treated', 'control'] as const).map((group) => {
    const values = numbersOf(found[group]) ?? numbersOf(Object.values(recordOf(found[group]) ?? {})) ?? [];
    return html`<tr><th scope="row">${group === 'treated' ? 'Treated' : 'Control'}</th>${QUANTILES.map(
      (_, index) => html`<td class="number">${num(values[index], (value) => significant(value, 3))}</td>`,
    )}</tr>`;
  });
  return html`<p>${num(numberOf(found.n_common_support), count)} rows (${num(share, percent)}) have a propensity score in the range that both groups reach.</p>
    ${table('Quantiles of the propensity scores', ['Propensity score', ...QUANTILES], rows)}`;
}

function effectiveSize(diagnostics: Json): Child {
  const found = recordOf(diagnostics.effective_sample_size);
  if (!found) return absent(diagnostics, 'effective_sample_size');
  const row = (label: string, key: string, of: string) => {
    const size = numberOf(found[key]);
    const all = numberOf(found[of]);
    const share = size !== undefined && all !== undefined && all > 0 ? size / all : undefined;
    return html`<tr><th scope="row">${label}</th><td class="number">${num(all, count)}</td><td class="number">${num(
      size,
      (value) => fixed(value, 1),
    )}</td><td class="number">${num(share, percent)}</td></tr>`;
  };
  return table(
    'Effective sample size',
    ['Group and weights', 'Rows', 'Effective rows', 'Share'],
    [
      row('Treated, ATE weights', 'ate_treated', 'n_treated'),
      row('Control, ATE weights', 'ate_control', 'n_control'),
      row('Control, ATT weights', 'att_control', 'n_control'),
    ],
  );
}

function propensityModel(diagnostics: Json): Child {
  const model = recordOf(diagnostics.propensity_model);
  if (!model) return absent(diagnostics, 'propensity_model');
  const names = Array.isArray(model.names) ? model.names : [];
  const coefficients = numbersOf(model.coefficients) ?? [];
  const errors = numbersOf(model.std_errors) ?? [];
  const shown = names
    .slice(0, MAX_ROWS)
    .map(
      (term, index) =>
        html`<tr><th scope="row">${name(String(term))}</th><td class="number">${num(coefficients[index])}</td><td class="number">${num(
          errors[index],
          (value) => significant(value, 3),
        )}</td></tr>`,
    );
  const range = html`${num(numberOf(model.ps_min))} to ${num(numberOf(model.ps_max))}`;
  return html`${terms([
    ['Scores', range],
    ['Area under the ROC curve', num(numberOf(model.auc), three)],
  ])}<details><summary>Coefficients of the logistic regression</summary>${table('Propensity model', ['Term', 'Coefficient', 'Std. error'], shown)}${
    names.length > MAX_ROWS && html`<p>The first ${String(MAX_ROWS)} of ${String(names.length)}; the JSON reply has all.</p>`
  }</details>`;
}

export function diagnostics({ diagnostics: found }: AnalysisReply): Markup {
  const note = textOf(found.weight_note);
  return section(
    'diagnostics',
    'Diagnostics',
    html`<h3>Balance</h3>${balance(found)}<h3>Overlap</h3>${overlap(found)}<h3>Effective sample size</h3>${effectiveSize(found)}
    <h3>Propensity model</h3>${propensityModel(found)}${note !== undefined && html`<p class="muted">Note: ${note}.</p>`}`,
  );
}
