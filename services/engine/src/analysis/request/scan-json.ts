export interface JsonFault {
  /** Index into the text, in UTF-16 units. */
  readonly at: number;
  readonly message: string;
}

interface Level {
  readonly kind: 'object' | 'array';
  readonly keys: Set<string>;
}

const NUMBER = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?/y;
// biome-ignore lint/suspicious/noControlCharactersInRegex: JSON forbids them raw inside a string
const STRING = /"(?:[^"\\\u0000-\u001f]|\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4}))*"/y;
const SPACE = /[ \t\n\r]*/y;
const LITERAL = /true|false|null/y;

/**
 * The first thing that keeps a text from being strict JSON (RFC 8259): broken syntax, a key given twice in one
 * object, or more than `maxDepth` levels. `JSON.parse` would take the last of two equal keys without a word.
 */
export function findJsonFault(text: string, maxDepth: number): JsonFault | undefined {
  const levels: Level[] = [];
  let at = 0;
  let fault: JsonFault | undefined;

  const fail = (message: string, where = at): false => {
    fault = { at: where, message };
    return false;
  };
  const match = (pattern: RegExp): string | undefined => {
    pattern.lastIndex = at;
    const found = pattern.exec(text)?.[0];
    if (found !== undefined) at += found.length;
    return found;
  };
  const expected = (what: string): false => fail(`expected ${what}, found ${foundAt(text, at)}`);

  const key = (): boolean => {
    match(SPACE);
    const start = at;
    const token = match(STRING);
    if (token === undefined) return text[at] === '"' ? fail(badString(text, at)) : expected('a key in double quotes');
    const name = JSON.parse(token) as string;
    const { keys } = levels.at(-1) as Level;
    if (keys.has(name)) return fail(`the key ${token.length > 80 ? `${token.slice(0, 80)}…` : token} is given twice`, start);
    keys.add(name);
    match(SPACE);
    if (text[at] !== ':') return expected("':'");
    at++;
    return true;
  };

  /** Opens levels until a value is complete. */
  const value = (): boolean => {
    for (;;) {
      match(SPACE);
      const first = text[at];
      if (first === '{' || first === '[') {
        if (levels.length === maxDepth) return fail(`more than ${maxDepth} levels of nesting`);
        at++;
        levels.push({ kind: first === '{' ? 'object' : 'array', keys: new Set() });
        match(SPACE);
        if (text[at] === (first === '{' ? '}' : ']')) {
          at++;
          levels.pop();
          return true;
        }
        if (first === '{' && !key()) return false;
        continue;
      }
      if (first === '"') return match(STRING) !== undefined || fail(badString(text, at));
      return (match(NUMBER) ?? match(LITERAL)) !== undefined || expected('a value');
    }
  };

  /** After a value: closes levels, or goes on to the next value. False at the end and at a fault. */
  const next = (): boolean => {
    for (;;) {
      match(SPACE);
      const level = levels.at(-1);
      if (level === undefined) return at < text.length ? expected('the end of the text') : false;
      const closing = level.kind === 'object' ? '}' : ']';
      if (text[at] === closing) {
        at++;
        levels.pop();
      } else if (text[at] === ',') {
        at++;
        return level.kind === 'array' || key();
      } else {
        return expected(`',' or '${closing}'`);
      }
    }
  };

  while (value() && next());
  return fault;
}

function foundAt(text: string, at: number): string {
  if (at >= text.length) return 'the end of the text';
  const point = String.fromCodePoint(text.codePointAt(at) as number);
  return /[\p{C}\p{Z}]/u.test(point)
    ? `U+${(point.codePointAt(0) as number).toString(16).toUpperCase().padStart(4, '0')}`
    : `'${point}'`;
}

const badString = (text: string, at: number): string =>
  text.indexOf('"', at + 1) === -1
    ? 'a string that is not closed'
    : 'a string with an invalid escape, a raw control character or a missing closing quote';
