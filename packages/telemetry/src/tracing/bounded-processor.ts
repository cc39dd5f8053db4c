import { type Context, TraceFlags } from '@opentelemetry/api';
import type { ExportResult } from '@opentelemetry/core';
import {
  BatchSpanProcessor,
  type ReadableSpan,
  type Span,
  type SpanExporter,
  type SpanProcessor,
} from '@opentelemetry/sdk-trace-base';
import type { ReportProblem } from './problem-log.ts';

/** Spans that wait for one exporter at most; what ends while so many wait is dropped, and counted. */
export const MAX_QUEUED_SPANS = 8192;
const BATCH = 512;
const DELAY_MS = 1000;
// The exporter keeps its own, shorter limit.
const PROCESSOR_LIMIT_MS = 60_000;

/** The SDK's batch processor with a bound that says what it drops: the SDK's own bound says it to nobody. */
export class BoundedProcessor implements SpanProcessor {
  readonly #inner: BatchSpanProcessor;
  readonly #report: ReportProblem;
  #queued = 0;
  #closed = false;

  constructor(exporter: SpanExporter, report: ReportProblem) {
    this.#report = report;
    const counting: SpanExporter = {
      export: (spans: ReadableSpan[], done: (result: ExportResult) => void) => {
        exporter.export(spans, (result) => {
          this.#queued -= spans.length;
          done(result);
        });
      },
      shutdown: () => exporter.shutdown(),
    };
    this.#inner = new BatchSpanProcessor(counting, {
      maxQueueSize: MAX_QUEUED_SPANS,
      maxExportBatchSize: BATCH,
      scheduledDelayMillis: DELAY_MS,
      exportTimeoutMillis: PROCESSOR_LIMIT_MS,
    });
  }

  /** Spans ended and not yet sent or given up. */
  get queued(): number {
    return this.#queued;
  }

  onStart(span: Span, parent: Context): void {
    this.#inner.onStart(span, parent);
  }

  onEnd(span: ReadableSpan): void {
    if ((span.spanContext().traceFlags & TraceFlags.SAMPLED) === 0) return;
    if (this.#closed) {
      this.#report('spans_dropped', 1, `"${span.name}" ended after tracing was shut down`);
      return;
    }
    if (this.#queued >= MAX_QUEUED_SPANS) {
      this.#report('spans_dropped', 1, `${MAX_QUEUED_SPANS} spans wait to be sent already`);
      return;
    }
    this.#queued++;
    this.#inner.onEnd(span);
  }

  forceFlush(): Promise<void> {
    return this.#inner.forceFlush();
  }

  shutdown(): Promise<void> {
    this.#closed = true;
    return this.#inner.shutdown();
  }
}
