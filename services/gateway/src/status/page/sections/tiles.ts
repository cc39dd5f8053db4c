import type { StatusSnapshot } from '../../snapshot.ts';
import { duration, number, percent, span } from '../format.ts';
import { type Child, html, type Markup } from '../html.ts';

const tile = (term: string, value: Child, note: Child = ''): Markup =>
  html`<div><dt>${term}</dt><dd><span class="big">${value}</span> <span class="muted">${note}</span></dd></div>`;

/** The golden signals of the last minute, and what is under way. */
export function tiles({ state, traffic, at, startedAt }: StatusSnapshot): Markup {
  return html`<dl class="tiles">${traffic !== null && measured(traffic.lastMinute)}${[
    tile('In flight', number(state.inflight_requests), state.inflight_requests === 1 ? 'request' : 'requests'),
    tile('Up', span(at - startedAt)),
  ]}</dl>`;
}

function measured({ seconds, outcomes, latency }: NonNullable<StatusSnapshot['traffic']>['lastMinute']): Markup[] {
  const total = outcomes.answered + outcomes.rejected + outcomes.failed;
  const rate = seconds === 0 ? 0 : total / seconds;
  return [
    tile('Requests', number(rate), '/s'),
    tile(
      'Failed (5xx)',
      total === 0 ? '–' : percent(outcomes.failed / total),
      total === 0 ? 'none asked' : `of ${number(total)}`,
    ),
    ...(['p50', 'p95', 'p99'] as const).map((name) => tile(`Latency ${name}`, latency === null ? '–' : duration(latency[name]))),
  ];
}
