import type { ResilienceState } from '@penstock/contracts';
import type { StatusSnapshot } from '../../snapshot.ts';
import { meter } from '../charts.ts';
import { number, time } from '../format.ts';
import { type Child, html, type Markup } from '../html.ts';

/** What is not of one engine. */
export const gateway = ({ state }: StatusSnapshot): Markup =>
  html`<dl class="facts wide">${[budget(state.retry_budget), sharedState(state.shared_state), fact('Drain', state.drain)]}</dl>`;

const fact = (term: string, ...words: Child[]): Markup => html`<div><dt>${term}</dt><dd>${words}</dd></div>`;

function budget({ tokens, capacity, per_success, per_second }: ResilienceState['retry_budget']): Markup {
  const income = html` <span class="muted">(+${per_success} a success, +${per_second} /s)</span>`;
  return fact('Retry budget', meter(tokens / capacity), `${number(tokens)} of ${number(capacity)} tokens`, income);
}

function sharedState({ kind, ok, since, detail }: ResilienceState['shared_state']): Markup {
  const away = !ok && html`<span class="chip fail">away</span> `;
  const when = since !== null && html` <span class="muted">since ${time(Date.parse(since))}</span>`;
  return fact('Shared state', away, kind === 'redis' ? detail : `memory ${detail}`, when);
}
