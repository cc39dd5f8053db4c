import type { RecentRequest } from '../../recent-requests.ts';
import type { StatusSnapshot } from '../../snapshot.ts';
import { duration, time } from '../format.ts';
import { type Child, html, type Markup } from '../html.ts';

/** The last requests, newest first. */
export function requests({ requests: recent, jaegerUi }: StatusSnapshot): Markup {
  if (recent.length === 0) return html`<p class="muted">None yet.</p>`;
  return html`<div class="scroll" id="requests-table" tabindex="0" role="region" aria-label="Last requests"><table class="requests"><thead><tr><th scope="col">Time</th><th scope="col">Route</th><th scope="col">Status</th><th scope="col" class="number">Duration</th><th scope="col" class="number">Attempts</th><th scope="col">Trace</th></tr></thead><tbody>${recent.map(
    (request) => row(request, jaegerUi),
  )}</tbody></table></div>`;
}

const row = (request: RecentRequest, jaegerUi: URL | undefined): Markup =>
  html`<tr><td><time datetime="${new Date(request.at).toISOString()}">${time(request.at)}</time></td><td class="route">${request.method} ${request.route}</td><td class="${tone(
    request.status,
  )}">${request.status} ${request.code ?? request.instead}</td><td class="number">${duration(
    request.durationMs,
  )}</td><td class="number attempts">${request.attempts}</td><td>${trace(request, jaegerUi)}</td></tr>`;

function tone(status: number): string {
  if (status >= 500) return 'problem failed';
  return status >= 400 ? 'problem rejected' : '';
}

function trace({ traceId, sequence }: RecentRequest, jaegerUi: URL | undefined): Child {
  if (traceId === undefined) return html`<span class="none">–</span>`;
  const shown = html`<code>${traceId.slice(0, 12)}…</code>`;
  if (jaegerUi === undefined) return html`<span title="${traceId}">${shown}</span>`;
  return html`<a id="trace-${sequence}" href="${traceUrl(jaegerUi, traceId)}" rel="noreferrer" title="${traceId}">${shown}</a>`;
}

const traceUrl = (jaegerUi: URL, traceId: string): string =>
  `${jaegerUi.href.replace(/\/$/, '')}/trace/${encodeURIComponent(traceId)}`;
