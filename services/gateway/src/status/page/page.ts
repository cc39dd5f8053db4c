import { createHash } from 'node:crypto';
import type { StatusSnapshot } from '../snapshot.ts';
import type { Sections } from '../viewers.ts';
import { time } from './format.ts';
import { html, Markup } from './html.ts';
import { SCRIPT } from './script.ts';
import { charts } from './sections/charts.ts';
import { engines } from './sections/engines.ts';
import { gateway } from './sections/gateway.ts';
import { requests } from './sections/requests.ts';
import { tiles } from './sections/tiles.ts';
import { STYLE } from './style.ts';
import { verdict } from './verdict.ts';

const sha256 = (text: string): string => createHash('sha256').update(text).digest('base64');

/** Nothing but this page's own script and style, and its own events. */
export const CONTENT_SECURITY_POLICY = [
  "default-src 'none'",
  `script-src 'sha256-${sha256(SCRIPT)}'`,
  `style-src 'sha256-${sha256(STYLE)}'`,
  "connect-src 'self'",
  'img-src data:',
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ');

/** Changes with the script and the style: an open page with others than the gateway's loads itself again. */
export const PAGE: string = sha256(SCRIPT + STYLE);

const RELOAD_S = 5;

/** The live parts, by the ids of their elements. */
export function sectionsOf(snapshot: StatusSnapshot): Sections {
  const { tone, words } = verdict(snapshot.state);
  const sections: Readonly<Record<string, Markup>> = {
    'as-of': html`<time datetime="${new Date(snapshot.at).toISOString()}">${time(snapshot.at)} UTC</time>`,
    verdict: html`<p class="verdict ${tone}">${words}</p>`,
    tiles: tiles(snapshot),
    charts: charts(snapshot),
    engines: engines(snapshot),
    gateway: gateway(snapshot),
    requests: requests(snapshot),
  };
  return Object.fromEntries(Object.entries(sections).map(([id, { source }]) => [id, source]));
}

/** The whole page, as it is at this moment: without scripts it is read again every few seconds. */
export function renderPage(snapshot: StatusSnapshot): string {
  const sections = sectionsOf(snapshot);
  const live = (id: string): Markup => new Markup(sections[id] ?? '');
  return html`<!doctype html>
<html lang="en" data-page="${PAGE}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<link rel="icon" href="data:,">
<title>Penstock gateway: status</title>
<noscript><meta http-equiv="refresh" content="${RELOAD_S}"></noscript>
<style>${new Markup(STYLE)}</style>
</head>
<body>
<header>
<div class="top"><h1>Penstock gateway</h1><span>${snapshot.version} · <span id="mode">read again every ${RELOAD_S} s</span> · <span id="as-of">${live('as-of')}</span></span></div>
<div id="verdict" role="status">${live('verdict')}</div>
<p id="lost" class="lost" role="alert" hidden></p>
</header>
<main>
<section aria-labelledby="now-heading"><h2 id="now-heading">The last minute</h2><div id="tiles">${live('tiles')}</div></section>
<section aria-labelledby="charts-heading"><h2 id="charts-heading">The last five minutes</h2><div id="charts">${live('charts')}</div></section>
<section aria-labelledby="engines-heading"><h2 id="engines-heading">Engines</h2><div id="engines">${live('engines')}</div></section>
<section aria-labelledby="gateway-heading"><h2 id="gateway-heading">Gateway</h2><div id="gateway">${live('gateway')}</div></section>
<section aria-labelledby="requests-heading"><h2 id="requests-heading">Last requests</h2><div id="requests">${live('requests')}</div></section>
</main>
<footer>
<ul>${LINKS.map(([href, words]) => html`<li><a href="${href}">${words}</a></li>`)}</ul>
<details><summary>What stands between client and engine</summary><p><code>${snapshot.state.pipeline}</code></p></details>
<p class="muted">What the words and numbers mean: docs/status.md. Times are UTC.</p>
</footer>
<script>${new Markup(SCRIPT)}</script>
</body>
</html>
`.source;
}

const LINKS = [
  ['/docs', 'API'],
  ['/health', 'Health'],
  ['/api/resilience', 'State as JSON'],
  ['/api/metrics?format=json', 'Metrics as JSON'],
  ['/metrics', 'Metrics for Prometheus'],
] as const;
