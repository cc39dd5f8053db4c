import { once } from 'node:events';
import { createWriteStream } from 'node:fs';
import { finished } from 'node:stream/promises';

/** Writes records as CSV without a header, comma and LF, quoted where needed; null and '' are both missing. */
export class CanonicalWriter {
  readonly #file;
  #pending: string[] = [];
  #pendingLength = 0;
  #rows = 0;
  #longest = 0;

  constructor(path: string) {
    this.#file = createWriteStream(path, { flags: 'wx' });
    // Reported by the write that follows, or by `end`.
    this.#file.on('error', () => undefined);
  }

  get rows(): number {
    return this.#rows;
  }

  get longestRecordBytes(): number {
    return this.#longest;
  }

  add(fields: readonly (string | null)[]): void {
    // A line with nothing on it would be no record.
    const text = fields.map(field).join(',');
    const line = text === '' ? '""\n' : `${text}\n`;
    this.#pending.push(line);
    this.#pendingLength += line.length;
    this.#rows++;
    // No UTF-16 unit takes more than three bytes of UTF-8.
    this.#longest = Math.max(this.#longest, 3 * line.length);
  }

  /** Hands what was added to the file once it is worth a write; resolves when more may be added. */
  async flush(atLeast = 1 << 20): Promise<void> {
    if (this.#file.errored) throw this.#file.errored;
    if (this.#pendingLength < atLeast) return;
    const text = this.#pending.join('');
    this.#pending = [];
    this.#pendingLength = 0;
    if (!this.#file.write(text)) await once(this.#file, 'drain');
  }

  async end(): Promise<void> {
    await this.flush(0);
    this.#file.end();
    await finished(this.#file);
  }

  destroy(): void {
    this.#file.destroy();
  }
}

function field(value: string | null): string {
  if (value === null) return '';
  return /[",\n\r]/.test(value) || value !== value.trim() ? `"${value.replaceAll('"', '""')}"` : value;
}
