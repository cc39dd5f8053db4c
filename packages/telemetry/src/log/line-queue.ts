/** About as much as a pipe takes at once, in bytes. */
const HEAD_BYTES = 64 * 1024;

/** Lines that wait to be written, oldest first; those beyond `limit` bytes are refused rather than kept in memory. */
export class LineQueue {
  readonly limit: number;
  #lines: Buffer[] = [];
  #bytes = 0;
  /** What was written ends within a line. */
  #midLine = false;

  constructor(limit: number) {
    this.limit = limit;
  }

  get length(): number {
    return this.#lines.length;
  }

  get bytes(): number {
    return this.#bytes;
  }

  /** @returns false, and keeps nothing, where there is no room for the line */
  push(line: string): boolean {
    const torn = this.#midLine && this.#lines.length === 0;
    const bytes = Buffer.from(torn ? `\n${line}` : line);
    if (this.#bytes + bytes.length > this.limit) return false;
    this.#lines.push(bytes);
    this.#bytes += bytes.length;
    return true;
  }

  /** What is to be written next: whole lines, at least one. */
  head(): Buffer {
    let count = 0;
    let bytes = 0;
    while (count < this.#lines.length && bytes < HEAD_BYTES) bytes += this.#lines[count++]!.length;
    return count === 1 ? this.#lines[0]! : Buffer.concat(this.#lines.slice(0, count), bytes);
  }

  /** Forgets the first `written` bytes; of a line that is written in part the rest stays. */
  advance(written: number): void {
    let whole = 0;
    let left = written;
    while (left > 0 && left >= this.#lines[whole]!.length) left -= this.#lines[whole++]!.length;
    this.#lines.splice(0, whole);
    if (left > 0) this.#lines[0] = this.#lines[0]!.subarray(left);
    this.#midLine = left > 0 || (whole === 0 && this.#midLine);
    this.#bytes -= written;
  }

  /** Forgets all of it, a line that was written in part included. @returns how many lines that were */
  clear(): number {
    const lost = this.#lines.length;
    this.#lines = [];
    this.#bytes = 0;
    return lost;
  }
}
