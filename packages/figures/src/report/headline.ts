import type { AnalysisReply, EstimatorOk, EstimatorResult } from '@penstock/contracts';
import { count, level, shownInterval } from '../format.ts';
import { type Child, html, type Markup } from '../markup.ts';
import { GATE_WORDS } from './gates.ts';
import { name, names, num } from './parts.ts';
import { numberOf } from './read.ts';

/** What the headline speaks of, the first that ran: the doubly robust estimator, then those that adjust, then the rest. */
const PREFERRED = ['aipw', 'g_computation', 'ols', 'lin'];

const isOk = (result: EstimatorResult): result is EstimatorOk => result.status === 'ok';

function headlineResult(results: readonly EstimatorResult[]): EstimatorOk | undefined {
  const ran = results.filter(isOk);
  return PREFERRED.map((wanted) => ran.find((result) => result.name === wanted)).find((result) => result !== undefined) ?? ran[0];
}

export const alphaOf = (reply: AnalysisReply): number => numberOf(reply.options.alpha) ?? 0.05;

export function columnsOf(value: unknown): readonly string[] {
  return (Array.isArray(value) ? value : [value]).filter((entry) => typeof entry === 'string');
}

const MEANINGS: Readonly<Record<string, string>> = {
  ATE: 'on average over all rows',
  ATT: 'on average over the treated rows',
  LATE: 'on average over the compliers, whom the instrument moves',
  coefficient: 'per unit of the treatment, as a regression coefficient',
};

function sentence(reply: AnalysisReply, result: EstimatorOk): Markup {
  const shown = shownInterval(result.estimate, result.ci_lower, result.ci_upper);
  const meaning = MEANINGS[result.estimand] ?? `as ${result.estimand}`;
  const lead = result.name === 'aipw' ? 'The doubly robust estimate' : html`The estimate by <q>${result.title}</q>`;
  const how = html`${lead} is that ${names(columnsOf(reply.mapping.treatment))} changes ${names(columnsOf(reply.mapping.y))} by
    <strong>${num(result.estimate, () => `${result.estimate > 0 ? '+' : ''}${shown.estimate}`)}</strong> ${meaning}`;
  if (result.ci_lower === null || result.ci_upper === null) return html`<p class="lead">${how}; it has no interval.</p>`;
  const holdsZero = result.ci_lower <= 0 && result.ci_upper >= 0;
  const [lower, upper] = shown.interval!.slice(1, -1).split(', ') as [string, string];
  const bounds = html`${num(result.ci_lower, () => lower)} to ${num(result.ci_upper, () => upper)}`;
  return html`<p class="lead">${how} (${level(alphaOf(reply))} confidence interval ${bounds}). ${
    holdsZero ? 'The interval includes zero: the data are compatible with no effect.' : 'The interval does not include zero.'
  }</p>`;
}

function agreement(results: readonly EstimatorResult[]): Child {
  const ran = results.filter(isOk);
  if (ran.length < 2) return null;
  const estimates = ran.map((result) => result.estimate);
  return html` Across the ${count(ran.length)} estimators that ran, estimates go from ${num(Math.min(...estimates))} to ${num(
    Math.max(...estimates),
  )}; they do not all estimate the same quantity.`;
}

function whyNotDoublyRobust(results: readonly EstimatorResult[]): Child {
  const aipw = results.find((result) => result.name === 'aipw');
  if (!aipw || aipw.status === 'ok') return null;
  return html` The doubly robust estimate is missing: ${aipw.status === 'skipped' ? aipw.reason : aipw.error}.`;
}

function gateLine(reply: AnalysisReply): Child {
  if (reply.quality_gates.length === 0) return null;
  return html`<p class="chips">${reply.quality_gates.map(
    ({ gate, result }) =>
      html`<a class="chip ${result}" href="#gates"><span aria-hidden="true">${GATE_WORDS[result].sign}</span> ${gate}: ${GATE_WORDS[result].word}</a> `,
  )}</p>`;
}

export function headline(reply: AnalysisReply): Markup {
  const result = headlineResult(reply.results);
  const { rows, rows_used: used } = reply.dataset;
  const outcome = columnsOf(reply.mapping.y);
  const rowsLine = used === rows ? html`all ${num(rows, count)} rows` : html`${num(used, count)} of ${num(rows, count)} rows`;
  return html`<header>
    <p class="kicker">Causal analysis</p>
    <h1>Effect of ${columnsOf(reply.mapping.treatment).map(name)} on ${outcome.map(name)}</h1>
    ${result ? sentence(reply, result) : html`<p class="lead">No estimator produced an estimate.</p>`}
    <p>Computed from ${rowsLine} of data set ${name(reply.dataset.id)}.${agreement(reply.results)}${whyNotDoublyRobust(reply.results)}
    An effect is causal only as far as the assumptions of its estimator hold; the gates and diagnostics below say what the data tell about them.</p>
    ${gateLine(reply)}
  </header>`;
}
