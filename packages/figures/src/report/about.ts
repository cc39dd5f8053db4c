import type { AnalysisReply } from '@penstock/contracts';
import { count } from '../format.ts';
import { type Child, html, type Markup } from '../markup.ts';
import { name, names, num, section, terms } from './parts.ts';

const MAX_SHOWN = 200;

/** A JSON value of mapping or options: names as names, numbers with all digits, the rest as JSON. */
function value(given: unknown): Child {
  if (typeof given === 'number') return num(given, String);
  if (typeof given === 'string') return name(given);
  if (Array.isArray(given) && given.every((entry) => typeof entry === 'string')) {
    if (given.length === 0) return 'none';
    const rest = given.length > MAX_SHOWN && ` and ${count(given.length - MAX_SHOWN)} more`;
    return [names(given.slice(0, MAX_SHOWN)), rest];
  }
  return html`<code>${JSON.stringify(given) ?? '–'}</code>`;
}

const pairs = (record: Readonly<Record<string, unknown>>): readonly (readonly [Child, Child])[] =>
  Object.entries(record).map(([key, given]) => [html`<code>${key}</code>`, value(given)] as const);

export function notes(reply: AnalysisReply): Markup {
  const list =
    reply.notes.length === 0
      ? html`<p>Nothing was decided for you.</p>`
      : html`<ul>${reply.notes.map((note) => html`<li>${note}</li>`)}</ul>`;
  return section('notes', 'What was decided for you', list);
}

export function about(reply: AnalysisReply): Markup {
  const { dataset, provenance } = reply;
  return section(
    'about',
    'Data, options, provenance',
    html`<h3>Data</h3>${terms([
      ['Data set', name(dataset.id)],
      ['Rows', num(dataset.rows, count)],
      ['Rows used', num(dataset.rows_used, count)],
      ['SHA-256 of the content', html`<code>${dataset.sha256}</code>`],
    ])}<h3>Roles</h3>${terms(pairs(reply.mapping))}<h3>Options</h3>${terms(pairs(reply.options))}<h3>Provenance</h3>${terms([
      ['Analysis', html`<code>${reply.analysis_id}</code>`],
      ['Engine version', html`<code>${provenance.engine_version}</code>`],
      ['Contract version', html`<code>${provenance.contract_version}</code>`],
      ['Seed', num(provenance.seed, String)],
    ])}<p class="muted">The same data, roles, options and engine version give the same numbers, bit for bit.</p>`,
  );
}
