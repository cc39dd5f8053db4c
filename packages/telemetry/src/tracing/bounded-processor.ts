import { TraceFlags } from '@opentelemetry/api';
import type { Clock, Timer } from '@penstock/clock';
import type { PlainSpan } from './plain-span.ts';
import type { ReportProblem } from './problem-log.ts';
import type { SpanBatch } from './span-batch.ts';

/** What waits for one exporter at most; what ends while so much waits is dropped, and counted. */
export const MAX_QUEUED_SPANS = 8192;
export const MAX_QUEUED_BYTES = 32 * 1024 * 1024;
/**
 * What is exported together at most, and how long the first span waits for others, milliseconds. A request to a collector
 * costs about as much as 200 spans.
 */
export const BATCH_SPANS = 2048;
const BATCH_BYTES = 2 * 1024 * 1024;
export const BATCH_MS = 1000;

/** Takes batches in their order. */
export interface BatchExporter<Content> {
  /** @param done told whether it was sent; where it was not, something may still hold it */
  export(content: Content, spans: number, done: (sent: boolean) => void): void;
  /** Resolves when all that was given has been sent or given up. */
  forceFlush(): Promise<void>;
  /** As `forceFlush`, and then lets go of its connections. */
  shutdown(): Promise<void>;
}

/** Gathers sampled spans into batches for an exporter, within a bound that says what it drops. */
export class BoundedProcessor<Content> {
  readonly #exporter: BatchExporter<Content>;
  readonly #newBatch: () => SpanBatch<Content>;
  readonly #clock: Clock;
  readonly #report: ReportProblem;
  #batch: SpanBatch<Content> | undefined;
  #timer: Timer | undefined;
  #queued = 0;
  #bytes = 0;
  #closed = false;

  constructor(exporter: BatchExporter<Content>, newBatch: () => SpanBatch<Content>, clock: Clock, report: ReportProblem) {
    this.#exporter = exporter;
    this.#newBatch = newBatch;
    this.#clock = clock;
    this.#report = report;
  }

  /** Spans ended and not yet sent or given up. */
  get queued(): number {
    return this.#queued;
  }

  onEnd(span: PlainSpan): void {
    if ((span.spanContext().traceFlags & TraceFlags.SAMPLED) === 0) return;
    if (this.#closed) this.#report('spans_dropped', 1, `"${span.name}" ended after tracing was shut down`);
    else if (this.#queued >= MAX_QUEUED_SPANS || this.#bytes >= MAX_QUEUED_BYTES)
      this.#report('spans_dropped', 1, `${this.#queued} spans of ${this.#bytes} bytes wait to be sent already`);
    else this.#add(span);
  }

  forceFlush(): Promise<void> {
    this.#send();
    return this.#exporter.forceFlush();
  }

  shutdown(): Promise<void> {
    this.#closed = true;
    this.#send();
    return this.#exporter.shutdown();
  }

  #add(span: PlainSpan): void {
    this.#batch ??= this.#newBatch();
    const batch = this.#batch;
    const before = batch.bytes;
    batch.add(span);
    this.#bytes += batch.bytes - before;
    this.#queued++;
    if (batch.length >= BATCH_SPANS || batch.bytes >= BATCH_BYTES) this.#send();
    else this.#timer ??= this.#clock.timer(BATCH_MS, () => this.#send(), { keepAlive: false });
  }

  #send(): void {
    this.#timer?.cancel();
    this.#timer = undefined;
    const batch = this.#batch;
    if (batch === undefined) return;
    this.#batch = undefined;
    const before = batch.bytes;
    const content = batch.content();
    const { length, bytes } = batch;
    this.#bytes += bytes - before;
    this.#exporter.export(content, length, (sent) => {
      if (sent) batch.release();
      this.#queued -= length;
      this.#bytes -= bytes;
    });
  }
}
