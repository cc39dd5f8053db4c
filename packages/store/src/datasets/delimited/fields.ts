import { quoted, unreadable } from '../upload/unreadable.ts';

/** Bytes one record may have, in the file as in memory. */
export const MAX_RECORD_BYTES = 4 * 1024 * 1024;

export interface FieldRecord {
  /** Line the record begins on, from 1. */
  readonly line: number;
  readonly fields: readonly string[];
}

/**
 * Reads delimited text by RFC 4180, a piece at a time: quoted fields may hold delimiters, line ends and doubled quotes.
 * Lines end with LF, CRLF or CR. Blanks around unquoted fields are not part of them. Lines with nothing at all are skipped.
 */
export class FieldReader {
  readonly #delimiter: string;
  readonly #onRecord: (record: FieldRecord) => void;
  #rest = '';
  #line = 1;

  constructor(delimiter: string, onRecord: (record: FieldRecord) => void) {
    this.#delimiter = delimiter;
    this.#onRecord = onRecord;
  }

  /** @throws ProblemError dataset_unreadable: a quote in the wrong place, a record that is too long */
  push(text: string): void {
    this.#read(this.#rest + text, false);
  }

  end(): void {
    this.#read(this.#rest, true);
  }

  #read(text: string, last: boolean): void {
    let at = 0;
    while (at < text.length) {
      const next = this.#record(text, at, last);
      if (next === undefined) break;
      at = next;
    }
    this.#rest = text.slice(at);
    if (this.#rest.length > MAX_RECORD_BYTES) {
      const opened = this.#rest.includes('"') ? ': is a quote not closed' : '';
      throw unreadable(`Line ${this.#line}: a record longer than ${MAX_RECORD_BYTES} bytes begins here${opened}`);
    }
  }

  /** Where the record that begins at `start` ends, or undefined where more text is needed. */
  #record(text: string, start: number, last: boolean): number | undefined {
    const fields: string[] = [];
    let line = this.#line;
    let at = start;
    for (;;) {
      const field = this.#field(text, at, line, last);
      if (field === undefined) return undefined;
      fields.push(field.value);
      line += field.lines;
      at = field.end;
      if (text[at] === this.#delimiter) {
        at++;
        continue;
      }
      // A CR at the very end may be half of a CRLF.
      if (text[at] === '\r' && at + 1 === text.length && !last) return undefined;
      if (text[at] === '\r' && text[at + 1] === '\n') at++;
      at++;
      if (fields.length > 1 || fields[0] !== '' || field.quoted) this.#onRecord({ line: this.#line, fields });
      this.#line = line + 1;
      return at;
    }
  }

  #field(text: string, start: number, line: number, last: boolean) {
    let at = start;
    while (isBlank(text, at) && text[at] !== this.#delimiter) at++;
    if (text[at] === '"') return this.#quoted(text, at, line, last);
    while (at < text.length && text[at] !== this.#delimiter && text[at] !== '\n' && text[at] !== '\r') at++;
    if (at === text.length && !last) return undefined;
    return { value: text.slice(start, at).trim(), end: at, lines: 0, quoted: false };
  }

  #quoted(text: string, start: number, line: number, last: boolean) {
    let at = start + 1;
    for (;;) {
      at = text.indexOf('"', at);
      if (at < 0) {
        if (!last) return undefined;
        throw unreadable(`Line ${line}: a quoted field begins here and its quote is never closed`);
      }
      if (text[at + 1] !== '"') break;
      at += 2;
    }
    // Whether this quote closes the field or is the first of two is told by what follows.
    if (at + 1 === text.length && !last) return undefined;
    const inside = text.slice(start + 1, at);
    let end = at + 1;
    while (isBlank(text, end) && text[end] !== this.#delimiter) end++;
    if (end === text.length && !last) return undefined;
    if (end < text.length && text[end] !== this.#delimiter && text[end] !== '\n' && text[end] !== '\r') {
      const after = `${quoted(text.slice(end, end + 10))} follows the closing quote of ${quoted(inside.slice(0, 20))}`;
      throw unreadable(`Line ${line}: ${after}; quotes inside a quoted field are doubled`);
    }
    return { value: inside.replaceAll('""', '"'), end, lines: countLines(inside), quoted: true };
  }
}

const isBlank = (text: string, at: number): boolean => text[at] === ' ' || text[at] === '\t';

function countLines(text: string): number {
  return text.match(/\r\n|\n|\r/g)?.length ?? 0;
}
