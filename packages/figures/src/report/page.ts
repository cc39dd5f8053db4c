import type { AnalysisReply } from '@penstock/contracts';
import { html, Markup } from '../markup.ts';
import { shownName } from '../text.ts';
import { about, notes } from './about.ts';
import { diagnostics } from './diagnostics.ts';
import { drawings } from './drawings.ts';
import { gates } from './gates.ts';
import { columnsOf, headline } from './headline.ts';
import { results } from './results.ts';
import { sensitivity } from './sensitivity.ts';
import { reportStyle } from './style.ts';

/** Nothing but what is in the page: no script, no request, no form. */
const POLICY = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'";

const LINKS = [
  ['results', 'Results'],
  ['figures', 'Figures'],
  ['gates', 'Quality gates'],
  ['diagnostics', 'Diagnostics'],
  ['sensitivity', 'Sensitivity'],
  ['notes', 'Notes'],
  ['about', 'Data, options, provenance'],
] as const;

const title = (reply: AnalysisReply): string =>
  `Effect of ${columnsOf(reply.mapping.treatment).map(shownName).join(', ')} on ${columnsOf(reply.mapping.y).map(shownName).join(', ')}`;

/**
 * The report of an analysis as one self-contained HTML page, the same bytes for the same reply and figures.
 * @param svgs what `Figure.draw` returned, by figure name
 * @throws RangeError for an entry of `svgs` that is not an `<svg>` element
 */
export function renderReport(reply: AnalysisReply, svgs: Readonly<Record<string, string>>): string {
  return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${POLICY}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${title(reply)}</title>
<style>${new Markup(reportStyle)}</style>
</head>
<body>
<main>
${headline(reply)}
<nav aria-label="Contents"><ul>${LINKS.map(([id, words]) => html`<li><a href="#${id}">${words}</a></li>`)}</ul></nav>
${results(reply)}
${drawings(reply, svgs)}
${gates(reply)}
${diagnostics(reply)}
${sensitivity(reply)}
${notes(reply)}
${about(reply)}
</main>
</body>
</html>
`.source;
}
