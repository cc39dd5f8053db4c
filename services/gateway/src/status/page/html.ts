/** Markup that is already escaped. Nothing else may be put into the page unescaped. */
export class Markup {
  readonly source: string;

  constructor(source: string) {
    this.source = source;
  }
}

export type Child = Markup | string | number | false | undefined | readonly Child[];

const SPECIAL = /[&<>"']/g;
// Marks that turn the direction of writing of whatever follows them.
const DIRECTION_MARKS = /[\u202a-\u202e\u2066-\u2069]/g;

function render(child: Child): string {
  if (child === undefined || child === false) return '';
  if (child instanceof Markup) return child.source;
  if (typeof child === 'object') return child.map(render).join('');
  return String(child)
    .toWellFormed()
    .replace(DIRECTION_MARKS, '')
    .replace(SPECIAL, (character) => `&#${character.charCodeAt(0)};`);
}

/** A template of HTML: what is interpolated is escaped unless it is `Markup`. */
export function html(strings: TemplateStringsArray, ...values: Child[]): Markup {
  return new Markup(String.raw({ raw: strings }, ...values.map(render)));
}
