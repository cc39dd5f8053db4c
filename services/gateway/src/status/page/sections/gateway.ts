import type { ResilienceState } from '@penstock/contracts';
import type { StatusSnapshot } from '../../snapshot.ts';
import { meter } from '../charts.ts';
import { duration, number, time } from '../format.ts';
import { type Child, html, type Markup } from '../html.ts';
import { inMode } from './engines.ts';

/** What is not of one engine. */
export const gateway = ({ state }: StatusSnapshot): Markup =>
  html`<dl class="facts wide">${[
    budget(state.retry_budget),
    sharedState(state.shared_state),
    fact('Drain', state.drain),
  ]}</dl>${hedges(state.hedges)}`;

const fact = (term: string, ...words: Child[]): Markup => html`<div><dt>${term}</dt><dd>${words}</dd></div>`;

function budget({ tokens, capacity, per_success, per_second }: ResilienceState['retry_budget']): Markup {
  const income = html` <span class="muted">(+${per_success} a success, +${per_second} /s)</span>`;
  return fact('Retry budget', `${number(tokens)} of ${number(capacity)} tokens`, income, meter(tokens / capacity));
}

function sharedState({ kind, ok, since, detail }: ResilienceState['shared_state']): Markup {
  const away = !ok && html`<span class="chip fail">away</span> `;
  const when = since !== null && html` <span class="muted">since ${time(Date.parse(since))}</span>`;
  return fact('Shared state', away, kind === 'redis' ? detail : `memory ${detail}`, when);
}

function hedges(list: ResilienceState['hedges']): Markup | undefined {
  if (list.length === 0) return undefined;
  const entry = ({ route, mode, delay_ms, samples }: ResilienceState['hedges'][number]): Markup => {
    const late = delay_ms === null ? `${number(samples)} answers so far, too few` : `after ${duration(delay_ms)}`;
    return fact(route, late, inMode(mode));
  };
  return html`<h3 class="minor">When a second attempt is sent</h3><dl class="facts wide">${list.map(entry)}</dl>`;
}
