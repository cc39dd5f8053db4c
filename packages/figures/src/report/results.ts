import type { AnalysisReply, EstimatorOk, EstimatorResult } from '@penstock/contracts';
import { count, level, pValue, shownInterval, significant } from '../format.ts';
import { type Child, html, type Markup } from '../markup.ts';
import { alphaOf } from './headline.ts';
import { num, section, table } from './parts.ts';

const COLUMNS = 6;
const OPEN_UP_TO = 12;

/** What belongs to the row above; it wraps at the window's width even where the table scrolls. */
const noteRow = (word: string, said: string, kind: string): Markup =>
  html`<tr class="note ${kind}"><td colspan="${COLUMNS}"><div><strong>${word}</strong> ${said}</div></td></tr>`;

function okRow(result: EstimatorOk): Markup {
  const { estimate, ci_lower: lower, ci_upper: upper } = result;
  const shown = shownInterval(estimate, lower, upper);
  const bounds = lower === null || upper === null ? 'no interval' : `${lower} to ${upper}`;
  const warnings = result.warnings.length > 0 && noteRow('Warning', result.warnings.join('; '), 'warned');
  return html`<tr data-name="${result.name}" data-status="ok">
    <th scope="row">${result.title} <span class="muted">${result.estimand} · <code>${result.name}</code></span></th>
    <td class="number">${num(estimate, () => shown.estimate)}</td>
    <td class="number"><span title="${bounds}">${shown.interval ?? '–'}</span></td>
    <td class="number">${num(result.std_error, (value) => significant(value, 3))}</td>
    <td class="number">${num(result.p_value, pValue)}</td><td class="number">${num(result.n, count)}</td></tr>${warnings}`;
}

type Failed = Extract<EstimatorResult, { status: 'failed' }>;
type Skipped = Extract<EstimatorResult, { status: 'skipped' }>;

const failedRow = (result: Failed): Markup => html`<tr data-name="${result.name}" data-status="failed">
  <th scope="row" colspan="${COLUMNS}">${result.title} <span class="muted"><code>${result.name}</code></span></th></tr>${noteRow(
    'Failed',
    result.error,
    'failed',
  )}`;

/** Estimators that did not apply, those with the same reason together. */
function skippedList(skipped: readonly Skipped[]): Child {
  if (skipped.length === 0) return null;
  const rows = [...Map.groupBy(skipped, (result) => result.reason)].map(
    ([reason, group]) =>
      html`<tr><td>${reason}</td><td><ul class="plain">${group.map(
        (result) => html`<li data-name="${result.name}" data-status="skipped">${result.title} <code>${result.name}</code></li>`,
      )}</ul></td></tr>`,
  );
  const noun = skipped.length === 1 ? 'estimator was' : 'estimators were';
  return html`<details${skipped.length <= OPEN_UP_TO && html` open`}><summary>${count(skipped.length)} ${noun} skipped, and why</summary>
    ${table('Skipped estimators', ['Reason', 'Estimators'], rows, 'wide')}</details>`;
}

export function results(reply: AnalysisReply): Markup {
  const ok = reply.results.filter((result) => result.status === 'ok');
  const failed = reply.results.filter((result) => result.status === 'failed');
  const skipped = reply.results.filter((result) => result.status === 'skipped');
  const head = ['Estimator', 'Estimate', `${level(alphaOf(reply))} interval`, 'Std. error', 'p', 'Rows'];
  const counts = `${count(ok.length)} ran, ${count(failed.length)} failed, ${count(skipped.length)} skipped. Point at a number for all its digits.`;
  return section(
    'results',
    'Results',
    html`<p class="muted">${counts}</p>`,
    ok.length + failed.length > 0 &&
      table('Results by estimator', head, [ok.map(okRow), failed.map(failedRow)], 'numeric results'),
    skippedList(skipped),
  );
}
