import { ByteText } from './byte-text.ts';
import { otlpHead, otlpTail, writeSpan } from './otlp-json.ts';
import type { PlainSpan } from './plain-span.ts';
import type { SpanBatch } from './span-batch.ts';

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
  readonly #text: ByteText;
  length = 0;

  /** @param spare buffers of batches that were sent, for further ones: new memory is dear, to get and to give back */
  constructor(spare: Buffer[] = []) {
    this.#spare = spare;
    this.#text = new ByteText(spare.pop() ?? Buffer.allocUnsafeSlow(FIRST_BYTES));
  }

  get bytes(): number {
    return this.#text.length;
  }

  add(span: PlainSpan): void {
    this.#unwritten.push(span);
    this.length++;
    if (this.#unwritten.length === TOGETHER) this.#writeSpans();
  }

  content(): Uint8Array {
    this.#writeSpans();
    this.#text.text(otlpTail);
    return this.#text.buffer.subarray(0, this.#text.length);
  }

  release(): void {
    // As many as are in use at once, while the collector takes them: one that is filled and one that is sent.
    if (this.#spare.length < 2) this.#spare.push(this.#text.buffer);
  }

  #writeSpans(): void {
    const text = this.#text;
    for (const span of this.#unwritten) {
      text.text(text.length === 0 ? otlpHead(span) : ',');
      writeSpan(text, span);
    }
    this.#unwritten.length = 0;
  }
}
