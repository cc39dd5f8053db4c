/** Markup that is already escaped. Nothing else may be put into a document unescaped. */
export class Markup {
  readonly source: string;

  constructor(source: string) {
    this.source = source;
  }

  toString(): string {
    return this.source;
  }
}

export type Child = Markup | string | number | false | null | undefined | readonly Child[];
export type Attributes = Readonly<Record<string, string | number | null | undefined>>;

// What XML 1.0 (section 2.2) cannot hold at all, not even as a reference; lone surrogates are dealt with by toWellFormed.
// biome-ignore lint/suspicious/noControlCharactersInRegex: those are the characters to be found
const FORBIDDEN = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/g;
const SPECIAL = /[&<>"'\t\n\r]/g;

/** Text as XML and HTML hold it, in elements and in attributes; characters that XML forbids become U+FFFD. */
export function escaped(text: string): string {
  return text
    .toWellFormed()
    .replace(FORBIDDEN, '\ufffd')
    .replace(SPECIAL, (character) => `&#${character.charCodeAt(0)};`);
}

function render(child: Child): string {
  if (child === null || child === undefined || child === false) return '';
  if (child instanceof Markup) return child.source;
  if (Array.isArray(child)) return child.map(render).join('');
  return escaped(String(child));
}

/** An element of XML. Attributes that are null or undefined are left out. */
export function el(tag: string, attributes: Attributes, ...children: Child[]): Markup {
  const list = Object.entries(attributes)
    .filter(([, value]) => value !== null && value !== undefined)
    .map(([name, value]) => ` ${name}="${escaped(String(value))}"`)
    .join('');
  const content = render(children);
  return new Markup(content === '' ? `<${tag}${list}/>` : `<${tag}${list}>${content}</${tag}>`);
}

// Marks that turn the direction of writing of whatever follows them in the paragraph.
const DIRECTION_MARKS = /[\u202a-\u202e\u2066-\u2069]/g;

function rendered(value: Child): string {
  if (Array.isArray(value)) return value.map(rendered).join('');
  return render(typeof value === 'string' ? value.replace(DIRECTION_MARKS, '') : value);
}

/** A template of HTML: what is interpolated is escaped unless it is `Markup`, and cannot turn the text around it. */
export function html(strings: TemplateStringsArray, ...values: Child[]): Markup {
  return new Markup(String.raw({ raw: strings }, ...values.map(rendered)));
}
