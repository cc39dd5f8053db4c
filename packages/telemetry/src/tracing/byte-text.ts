const ZERO = '0'.charCodeAt(0);
/** Most bytes of UTF-8 that one unit of a string takes. */
const BYTES_PER_UNIT = 3;

/** Text as UTF-8, written into memory that grows with it. */
export class ByteText {
  length = 0;
  buffer: Buffer;

  /** @param buffer to begin with; what it holds is written over */
  constructor(buffer: Buffer) {
    this.buffer = buffer;
  }

  text(text: string): void {
    this.#reserve(text.length * BYTES_PER_UNIT);
    this.length += this.buffer.write(text, this.length);
  }

  bytes(bytes: Uint8Array): void {
    this.#reserve(bytes.length);
    this.buffer.set(bytes, this.length);
    this.length += bytes.length;
  }

  /** A few letters of ASCII: for so few the way out of JavaScript is longer than the work. */
  ascii(text: string): void {
    const { length } = text;
    this.#reserve(length);
    const { buffer, length: at } = this;
    for (let index = 0; index < length; index++) buffer[at + index] = text.charCodeAt(index);
    this.length += length;
  }

  /** A whole number below 2³¹, with zeros before it. */
  digits(value: number, count: number): void {
    this.#reserve(count);
    const { buffer, length: at } = this;
    let rest = value | 0;
    for (let index = count - 1; index >= 0; index--) {
      const next = (rest / 10) | 0;
      buffer[at + index] = ZERO + rest - next * 10;
      rest = next;
    }
    this.length += count;
  }

  #reserve(bytes: number): void {
    const needed = this.length + bytes;
    if (needed <= this.buffer.length) return;
    const larger = Buffer.allocUnsafeSlow(Math.max(needed, 2 * this.buffer.length));
    this.buffer.copy(larger, 0, 0, this.length);
    this.buffer = larger;
  }
}
