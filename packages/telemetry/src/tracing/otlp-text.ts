import { otlpHead, otlpTail, spanJson } from './otlp-json.ts';
import type { PlainSpan } from './plain-span.ts';
import type { SpanBatch } from './span-batch.ts';

/** Most bytes of UTF-8 that one unit of a string takes. */
const BYTES_PER_UNIT = 3;
const FIRST_BYTES = 256 * 1024;
/** Spans that are written together. */
const TOGETHER = 64;

/**
 * Spans as an OTLP request in JSON, written while they wait: one run of bytes, where the spans themselves are dozens of
 * objects each, which would outlive collection after collection. But some of them at once: written one by one, between
 * requests, they took about twice as long.
 */
export class OtlpText implements SpanBatch<Uint8Array> {
  readonly #unwritten: PlainSpan[] = [];
  readonly #spare: Buffer[];
  #buffer: Buffer;
  length = 0;
  bytes = 0;

  /** @param spare buffers of batches that were sent, for further ones: new memory is dear, to get and to give back */
  constructor(spare: Buffer[] = []) {
    this.#spare = spare;
    this.#buffer = spare.pop() ?? Buffer.allocUnsafeSlow(FIRST_BYTES);
  }

  add(span: PlainSpan): void {
    this.#unwritten.push(span);
    this.length++;
    if (this.#unwritten.length === TOGETHER) this.#writeSpans();
  }

  content(): Uint8Array {
    this.#writeSpans();
    this.#write(otlpTail);
    return this.#buffer.subarray(0, this.bytes);
  }

  release(): void {
    // As many as are in use at once, while the collector takes them: one that is filled and one that is sent.
    if (this.#spare.length < 2) this.#spare.push(this.#buffer);
  }

  #writeSpans(): void {
    for (const span of this.#unwritten) this.#write(this.bytes === 0 ? otlpHead(span) + spanJson(span) : `,${spanJson(span)}`);
    this.#unwritten.length = 0;
  }

  #write(text: string): void {
    const needed = this.bytes + text.length * BYTES_PER_UNIT;
    if (needed > this.#buffer.length) {
      const larger = Buffer.allocUnsafeSlow(Math.max(needed, 2 * this.#buffer.length));
      this.#buffer.copy(larger, 0, 0, this.bytes);
      this.#buffer = larger;
    }
    this.bytes += this.#buffer.write(text, this.bytes);
  }
}
