import { compact, full } from '../format.ts';
import { type Child, html, type Markup } from '../markup.ts';
import { shownName } from '../text.ts';

/** A number as shown, every digit on pointing. */
export function num(value: number | null | undefined, write: (value: number) => string = (number) => compact(number)): Markup {
  if (value === null || value === undefined) return html`<span class="none" title="not available">–</span>`;
  return html`<data value="${full(value)}" title="${full(value)}">${write(value)}</data>`;
}

/** A name from the data, with its own direction of writing. */
export const name = (text: string): Markup => html`<bdi class="name">${shownName(text)}</bdi>`;

export function names(values: readonly string[]): Child {
  return values.map((value, index) => [index > 0 && ', ', name(value)]);
}

export const section = (id: string, title: string, ...content: Child[]): Markup =>
  html`<section id="${id}" aria-labelledby="${id}-heading"><h2 id="${id}-heading">${title}</h2>${content}</section>`;

/** A table that scrolls sideways by itself where the page is narrow; reachable by keyboard. */
export const table = (label: string, head: readonly Child[], rows: Child, kind = 'numeric'): Markup =>
  html`<div class="scroll" tabindex="0" role="region" aria-label="${label}"><table class="${kind}"><thead><tr>${head.map(
    (cell) => html`<th scope="col">${cell}</th>`,
  )}</tr></thead><tbody>${rows}</tbody></table></div>`;

/** Pairs of a term and what is said about it. */
export const terms = (pairs: readonly (readonly [Child, Child])[]): Markup =>
  html`<dl>${pairs.map(([term, said]) => html`<div><dt>${term}</dt><dd>${said}</dd></div>`)}</dl>`;
