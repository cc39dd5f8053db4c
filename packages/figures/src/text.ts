/** Text without a browser: how wide it is about, how it is cut, and how names from the data are made fit to be shown. */

// Advance widths in hundredths of an em of DejaVu Sans, the widest of the faces in the font list, so that what fits here fits everywhere.
const GROUPS: readonly (readonly [string, number])[] = [
  ["'ijlI|", 29],
  [' .,:;/\\·', 34],
  ['ft()[]-{}!"°', 42],
  ['rsz*_–?', 53],
  ['ceFLJk', 61],
  ['$vxyao', 62],
  ['bdghnpqu0123456789TYP', 64],
  ['ABEKSVXZRUC', 71],
  ['NHDw&', 79],
  ['GOQ+<>=~^#−×→±', 84],
  ['%Mm', 98],
  ['W@—…', 101],
];
const WIDTHS = new Map(GROUPS.flatMap(([characters, width]) => [...characters].map((character) => [character, width / 100])));
const ZERO = /[\p{Mn}\p{Me}\p{Cf}]/u;
const WIDE =
  /[\u1100-\u115f\u2e80-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6\u{20000}-\u{3fffd}]|\p{Extended_Pictographic}/u;
const OTHER_WIDTH = 0.75;
const BOLD = 1.12;

function characterWidth(character: string): number {
  const known = WIDTHS.get(character);
  if (known !== undefined) return known;
  if (ZERO.test(character)) return 0;
  if (WIDE.test(character)) return 1.1;
  return OTHER_WIDTH;
}

/** About how wide a text is, in pixels; an upper bound for the fonts of the theme. */
export function textWidth(text: string, size: number, bold = false): number {
  let width = 0;
  for (const character of text) width += characterWidth(character);
  return width * size * (bold ? BOLD : 1);
}

/** The text, or as much of it as fits with an ellipsis. Never cuts within a grapheme. */
export function truncate(text: string, width: number, size: number, bold = false): string {
  if (textWidth(text, size, bold) <= width) return text;
  const room = width - textWidth('…', size, bold);
  let kept = '';
  let used = 0;
  for (const { segment } of new Intl.Segmenter('en', { granularity: 'grapheme' }).segment(text)) {
    used += textWidth(segment, size, bold);
    if (used > room) break;
    kept += segment;
  }
  return `${kept.trimEnd()}…`;
}

/** Lines of words that fit; the last line takes what is left, cut where it must be. */
export function wrap(text: string, width: number, size: number, maxLines: number): readonly string[] {
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(' ')) {
    const longer = line === '' ? word : `${line} ${word}`;
    if (line === '' || lines.length === maxLines - 1 || textWidth(longer, size) <= width) line = longer;
    else {
      lines.push(line);
      line = word;
    }
  }
  return [...lines, line].map((part) => truncate(part, width, size));
}

const BIDI_CONTROLS = /[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/gu;
const CONTROLS = /\p{Cc}/gu;

/** A name from the data as it is shown: one line, controls made visible as U+FFFD, direction marks gone. */
export function shownName(name: string): string {
  const line = name.toWellFormed().replace(/\s+/gu, ' ').trim().replace(BIDI_CONTROLS, '').replace(CONTROLS, '\ufffd');
  return line === '' ? '(blank)' : line;
}

/** A name within a sentence or label: its own direction of writing, without turning what surrounds it. */
export const isolate = (text: string): string => `\u2068${text}\u2069`;

/** A shown name, isolated, as it goes into sentences; cut to so many characters where a limit is given. */
export function spoken(name: string, limit = 60): string {
  const line = shownName(name);
  const graphemes = [...new Intl.Segmenter('en', { granularity: 'grapheme' }).segment(line)];
  if (graphemes.length <= limit) return isolate(line);
  return isolate(
    `${graphemes
      .slice(0, limit - 1)
      .map((grapheme) => grapheme.segment)
      .join('')}…`,
  );
}
