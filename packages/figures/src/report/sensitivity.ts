import type { AnalysisReply } from '@penstock/contracts';
import { fixed, significant } from '../format.ts';
import { type Child, html, type Markup } from '../markup.ts';
import { num, section, terms } from './parts.ts';
import { numberOf, recordOf, textOf } from './read.ts';

const two = (value: number): string => (value < 1e4 ? fixed(value, 2) : significant(value, 3));

function interval(value: number | undefined): Child {
  if (value === undefined) return null;
  if (value === 1)
    return ' The confidence interval already includes no effect, so nothing needs to be explained away there (E-value 1).';
  return html` To move the confidence interval to include no effect, <strong>${num(value, two)}</strong> would suffice.`;
}

/** The E-value in plain words, or why there is none. */
export function sensitivity(reply: AnalysisReply): Markup {
  const found = recordOf(reply.sensitivity.e_value);
  const point = numberOf(found?.e_value);
  if (!found || point === undefined) {
    const reason = textOf(reply.sensitivity.e_value_reason) ?? 'the analysis did not compute it';
    return section('sensitivity', 'Sensitivity', html`<p>No E-value: ${reason}.</p>`);
  }
  const warning = textOf(found.warning);
  const approximation = textOf(found.approximation);
  return section(
    'sensitivity',
    'Sensitivity to unmeasured confounding',
    html`<p>What if something that was not measured drives both treatment and outcome? To explain the estimate away entirely, it would have to be
    associated with the treatment and with the outcome by a risk ratio of at least <strong>${num(point, two)}</strong> each, beyond the measured
    covariates (the E-value).${interval(numberOf(found.e_value_ci))} A small E-value, near 1, means a fragile estimate.</p>
    ${warning !== undefined && html`<p><strong>Warning</strong> ${warning}.</p>`}
    ${terms([
      ['Estimator', html`<code>${textOf(found.estimator) ?? '–'}</code>`],
      ['Risk ratio', num(numberOf(found.risk_ratio), two)],
      ['Scale', textOf(found.scale) ?? '–'],
      ...(approximation === undefined ? [] : [['Approximation', approximation] as const]),
    ])}`,
  );
}
