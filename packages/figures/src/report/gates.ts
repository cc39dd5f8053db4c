import type { AnalysisReply, QualityGate } from '@penstock/contracts';
import { html, type Markup } from '../markup.ts';
import { num, section } from './parts.ts';

export const GATE_WORDS: Readonly<Record<QualityGate['result'], { readonly sign: string; readonly word: string }>> = {
  pass: { sign: '✓', word: 'passed' },
  warn: { sign: '!', word: 'warning' },
  fail: { sign: '✕', word: 'failed' },
  skipped: { sign: '–', word: 'not checked' },
};

function card({ gate, value, threshold, result, because }: QualityGate): Markup {
  const { sign, word } = GATE_WORDS[result];
  return html`<li class="gate ${result}">
    <h3>${gate} <span class="chip ${result}"><span aria-hidden="true">${sign}</span> ${word}</span></h3>
    <p>${because}</p>
    <p class="muted">Value ${num(value)}, threshold ${num(threshold)}</p>
  </li>`;
}

export function gates(reply: AnalysisReply): Markup {
  const board =
    reply.quality_gates.length === 0
      ? html`<p>No quality gate applies to this analysis.</p>`
      : html`<ul class="board">${reply.quality_gates.map(card)}</ul>`;
  const decision = html`<p><strong>Decision:</strong> none. <span>${reply.decision_reason}</span></p>`;
  return section('gates', 'Quality gates', board, decision);
}
