import type { AnalysisReply } from '@penstock/contracts';
import { html, Markup } from '../markup.ts';
import { section } from './parts.ts';

const CAPTIONS: Readonly<Record<string, string>> = {
  estimator_forest_plot:
    'Each mark is an estimate, each bar its confidence interval. Estimators of the same quantity should agree; a bar that crosses the vertical line is compatible with no effect.',
  love_plot:
    'How far the groups differ in each covariate, in standard deviations: rings before weighting, diamonds after. Left of the dashed line the difference is usually held to be negligible.',
  propensity_overlap:
    'How probable treatment was for the rows of each group. Where only one group has bars, the data hold no comparison and the estimate rests on the model.',
  weights:
    'How unequal the weights are. The bars at the bottom say how many equally weighted rows each group is worth; a far smaller number than its rows means that few rows decide.',
};

function drawing(name: string, title: string, svg: string): Markup {
  if (!svg.startsWith('<svg ')) throw new RangeError(`svgs.${name} must be an <svg> element; received ${svg.slice(0, 40)}`);
  const caption = CAPTIONS[name] ?? title;
  return html`<figure id="figure-${name}"><div class="scroll" tabindex="0" role="region" aria-label="${title}">${new Markup(svg)}</div>
    <figcaption>${caption}</figcaption></figure>`;
}

/** The figures in the reply's order, and what could not be drawn. */
export function drawings(reply: AnalysisReply, svgs: Readonly<Record<string, string>>): Markup {
  const titles = new Map(reply.figures.map(({ name, title }) => [name, title]));
  const order = [...titles.keys(), ...Object.keys(svgs).filter((name) => !titles.has(name))];
  const drawn = order.flatMap((name) => (svgs[name] === undefined ? [] : [drawing(name, titles.get(name) ?? name, svgs[name])]));
  const skipped =
    reply.figures_skipped.length > 0 &&
    html`<details><summary>${String(reply.figures_skipped.length)} not drawn, and why</summary><ul>${reply.figures_skipped.map(
      ({ name, reason }) => html`<li><code>${name}</code>: ${reason}</li>`,
    )}</ul></details>`;
  return section('figures', 'Figures', drawn.length === 0 ? html`<p>No figure was drawn.</p>` : drawn, skipped);
}
