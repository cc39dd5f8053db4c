import type { StatusSnapshot } from '../../snapshot.ts';
import { type Chart, latencyChart, outcomeChart } from '../charts.ts';
import { html, type Markup } from '../html.ts';

type Key = readonly [kind: string, words: string];

/** The last five minutes. */
export function charts({ traffic }: StatusSnapshot): Markup {
  if (traffic === null)
    return html`<p class="muted">Nothing is measured: metrics are off (<code>METRICS_ENABLED=false</code>).</p>`;
  const { points } = traffic;
  const latest = points.at(-1)?.at ?? 0;
  return html`<div class="charts">${[
    figure(
      'Latency',
      [
        ['p50', 'p50'],
        ['p95', 'p95'],
        ['p99', 'p99'],
      ],
      latencyChart(points, latest),
    ),
    figure(
      'Requests',
      [
        ['answered', 'answered'],
        ['rejected', '4xx'],
        ['failed', '5xx'],
      ],
      outcomeChart(points, latest),
    ),
  ]}</div>`;
}

const figure = (title: string, keys: readonly Key[], { picture, ticks }: Chart): Markup =>
  html`<figure><figcaption><strong>${title}</strong>${keys.map(
    ([kind, words]) => html`<span class="key ${kind}">${words}</span>`,
  )}</figcaption><div class="plot"><div class="ticks" aria-hidden="true">${ticks.map(
    (tick) => html`<span>${tick}</span>`,
  )}</div>${picture}<div class="axis" aria-hidden="true"><span>5 min ago</span><span>now</span></div></div></figure>`;
