import { MAX_RECORD_BYTES } from '../delimited/fields.ts';
import { quoted, unreadable } from '../upload/unreadable.ts';

export type FlatRecord = ReadonlyMap<string, string | null>;

const NUMBER = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?/y;
const BLANKS = /[ \t\r\n]*/y;
const STRING_END = /["\\\n]/g;

/** More text is needed to go on. */
const MORE = Symbol('more');

/**
 * Reads flat JSON objects, a piece at a time: one per line (NDJSON), or all in one array. Numbers keep the text they
 * were written with, so that none is rounded on the way; true and false become text; null is missing.
 */
export class FlatRecordReader {
  readonly #onRecord: (record: FlatRecord) => void;
  #text = '';
  #at = 0;
  #last = false;
  #line = 1;
  #lineStart = 0;
  #state: 'start' | 'lines' | 'first' | 'next' | 'separator' | 'done' = 'start';

  constructor(onRecord: (record: FlatRecord) => void) {
    this.#onRecord = onRecord;
  }

  /** @throws ProblemError dataset_unreadable with line and column */
  push(text: string): void {
    this.#text = this.#text.slice(this.#at) + text;
    this.#lineStart -= this.#at;
    this.#at = 0;
    if (this.#text.length > MAX_RECORD_BYTES + text.length) {
      throw this.#error(`a record longer than ${MAX_RECORD_BYTES} bytes begins here`);
    }
    this.#run();
  }

  end(): void {
    this.#last = true;
    this.#run();
    if (this.#state === 'done' || this.#state === 'lines') return;
    throw this.#error(this.#state === 'start' ? 'nothing but blanks' : 'the text ends before the array does');
  }

  #run(): void {
    for (;;) {
      const [at, line, lineStart] = [this.#at, this.#line, this.#lineStart];
      try {
        if (!this.#step()) return;
      } catch (stop) {
        if (stop !== MORE) throw stop;
        this.#at = at;
        this.#line = line;
        this.#lineStart = lineStart;
        return;
      }
    }
  }

  /** One record or one bracket; false where the text is used up. */
  #step(): boolean {
    this.#blanks();
    const next = this.#text[this.#at];
    if (next === undefined) return false;
    switch (this.#state) {
      case 'start':
        if (next === '[') this.#at++;
        this.#state = next === '[' ? 'first' : 'lines';
        return true;
      case 'lines':
        this.#onRecord(this.#object());
        return true;
      case 'first':
      case 'next':
        if (next === ']' && this.#state === 'first') {
          this.#at++;
          this.#state = 'done';
          return true;
        }
        this.#onRecord(this.#object());
        this.#state = 'separator';
        return true;
      case 'separator':
        if (next !== ',' && next !== ']') throw this.#error(`expected "," or "]", found ${quoted(next)}`);
        this.#at++;
        this.#state = next === ',' ? 'next' : 'done';
        return true;
      case 'done':
        throw this.#error('text follows the end of the array');
    }
  }

  #object(): FlatRecord {
    this.#expect('{', 'expected an object of column: value');
    const record = new Map<string, string | null>();
    this.#blanks();
    if (this.#peek() === '}') {
      this.#at++;
      return record;
    }
    for (;;) {
      this.#blanks();
      if (this.#peek() !== '"') throw this.#error(`expected a column name in quotes, found ${quoted(this.#peek())}`);
      const name = this.#string();
      if (record.has(name)) throw this.#error(`the column ${quoted(name)} is there twice in one object`);
      this.#blanks();
      this.#expect(':', `expected ":" after ${quoted(name)}`);
      this.#blanks();
      record.set(name, this.#value(name));
      this.#blanks();
      const next = this.#peek();
      this.#at++;
      if (next === '}') return record;
      if (next !== ',') {
        this.#at--;
        throw this.#error(`expected "," or "}" after the value of ${quoted(name)}, found ${quoted(next)}`);
      }
    }
  }

  #value(name: string): string | null {
    const next = this.#peek();
    if (next === '"') return this.#string();
    if (next === '{' || next === '[') {
      const kind = next === '{' ? 'an object' : 'an array';
      throw this.#error(`the value of ${quoted(name)} is ${kind}: values must be text, numbers, true, false or null`);
    }
    for (const word of ['true', 'false', 'null']) {
      const here = this.#text.slice(this.#at, this.#at + word.length);
      if (here === word) {
        this.#at += word.length;
        return word === 'null' ? null : word;
      }
      if (!this.#last && here.length < word.length && word.startsWith(here)) throw MORE;
    }
    NUMBER.lastIndex = this.#at;
    const number = NUMBER.exec(this.#text)?.[0];
    // A number that touches the end of the piece may go on.
    if (!this.#last && (number === undefined ? this.#at + 1 >= this.#text.length : NUMBER.lastIndex >= this.#text.length - 2)) {
      throw MORE;
    }
    if (number === undefined) {
      throw this.#error(`the value of ${quoted(name)} is no JSON value: ${quoted(this.#text.slice(this.#at, this.#at + 20))}`);
    }
    this.#at += number.length;
    return number;
  }

  #string(): string {
    const start = this.#at;
    STRING_END.lastIndex = start + 1;
    let plain = true;
    for (;;) {
      const found = STRING_END.exec(this.#text);
      if (found === null) {
        if (!this.#last) throw MORE;
        throw this.#error('a text begins here and its quote is never closed');
      }
      if (found[0] === '\n') throw this.#error('a text begins here that is not closed on its line');
      if (found[0] === '"') break;
      plain = false;
      STRING_END.lastIndex = found.index + 2;
    }
    const end = STRING_END.lastIndex;
    const raw = this.#text.slice(start, end);
    const value = plain ? raw.slice(1, -1) : this.#unescaped(raw);
    this.#at = end;
    return value;
  }

  #unescaped(raw: string): string {
    try {
      return JSON.parse(raw) as string;
    } catch {
      throw this.#error(`the text ${quoted(raw)} has an escape that JSON does not know`);
    }
  }

  #blanks(): void {
    BLANKS.lastIndex = this.#at;
    const blanks = BLANKS.exec(this.#text)?.[0] ?? '';
    for (let at = blanks.indexOf('\n'); at >= 0; at = blanks.indexOf('\n', at + 1)) {
      this.#line++;
      this.#lineStart = this.#at + at + 1;
    }
    this.#at += blanks.length;
  }

  #peek(): string {
    const next = this.#text[this.#at];
    if (next !== undefined) return next;
    if (!this.#last) throw MORE;
    throw this.#error('the text ends inside an object');
  }

  #expect(what: string, complaint: string): void {
    const next = this.#peek();
    if (next !== what) throw this.#error(`${complaint}, found ${quoted(this.#text.slice(this.#at, this.#at + 20))}`);
    this.#at++;
  }

  #error(what: string) {
    return unreadable(`Line ${this.#line}, column ${this.#at - this.#lineStart + 1}: ${what}`);
  }
}
