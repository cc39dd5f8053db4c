import type { PlainSpan } from './plain-span.ts';
import { estimatedBytes } from './span-size.ts';

/** Spans that have ended, gathered to be exported together. */
export interface SpanBatch<Content> {
  readonly length: number;
  /** What they take in memory, in bytes, roughly. */
  readonly bytes: number;
  add(span: PlainSpan): void;
  /** What an exporter is given; nothing is added after it was asked for. */
  content(): Content;
  /** Its content was sent, and nobody reads it any more. */
  release(): void;
}

/** For exporters that take the spans themselves. */
export class SpanList implements SpanBatch<PlainSpan[]> {
  readonly #spans: PlainSpan[] = [];
  bytes = 0;

  get length(): number {
    return this.#spans.length;
  }

  add(span: PlainSpan): void {
    this.#spans.push(span);
    this.bytes += estimatedBytes(span);
  }

  content(): PlainSpan[] {
    return this.#spans;
  }

  release(): void {
    // Nothing of it is used again.
  }
}
