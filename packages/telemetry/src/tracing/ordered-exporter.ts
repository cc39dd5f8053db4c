import { type ExportResult, ExportResultCode } from '@opentelemetry/core';
import type { ReadableSpan, SpanExporter } from '@opentelemetry/sdk-trace-base';
import type { Clock } from '@penstock/clock';
import { errorType } from '../spans/error-type.ts';
import type { ReportProblem } from './problem-log.ts';

/** How long one batch may take before its spans are given up, milliseconds. */
export const EXPORT_LIMIT_MS = 10_000;

/** An exporter that can be thrown away in the middle of an export, its sockets closed. */
export interface RawExporter {
  export(spans: ReadableSpan[], done: (result: ExportResult) => void): void;
  /** Ends what is under way, at once. */
  abandon(): void;
}

/**
 * Stands between the batch processor and an exporter: one batch at a time, a time limit for each, an exporter that
 * throws, and every failure reported rather than raised. Shutting down waits for the batch in flight, which neither
 * the processor nor the Jaeger exporter does.
 */
export class OrderedExporter implements SpanExporter {
  readonly #raw: RawExporter;
  readonly #name: string;
  readonly #clock: Clock;
  readonly #report: ReportProblem;
  #last: Promise<void> = Promise.resolve();
  #closed = false;

  constructor(raw: RawExporter, name: string, clock: Clock, report: ReportProblem) {
    this.#raw = raw;
    this.#name = name;
    this.#clock = clock;
    this.#report = report;
  }

  export(spans: ReadableSpan[], done: (result: ExportResult) => void): void {
    this.#last = this.#last.then(async () => {
      const error = this.#closed ? new Error('tracing was shut down before they were sent') : await this.#send(spans);
      if (error !== undefined) this.#report('export_failed', spans.length, `${this.#name}: ${described(error)}`);
      // Reported here, once; the processor need not hear of it a second time.
      done({ code: ExportResultCode.SUCCESS });
    });
  }

  async forceFlush(): Promise<void> {
    await this.#last;
  }

  async shutdown(): Promise<void> {
    await this.#last;
    this.abandon();
  }

  /** Gives up what is unsent. */
  abandon(): void {
    this.#closed = true;
    this.#raw.abandon();
  }

  #send(spans: ReadableSpan[]): Promise<Error | undefined> {
    return new Promise((resolve) => {
      const timer = this.#clock.timer(
        EXPORT_LIMIT_MS,
        () => {
          resolve(new Error(`no answer within ${EXPORT_LIMIT_MS} ms`));
          this.#raw.abandon();
        },
        { keepAlive: false },
      );
      const settle = (error: Error | undefined): void => {
        timer.cancel();
        resolve(error);
      };
      try {
        this.#raw.export(spans, ({ code, error }) =>
          settle(code === ExportResultCode.SUCCESS ? undefined : (error ?? new Error('refused without a reason'))),
        );
      } catch (error) {
        settle(error instanceof Error ? error : new Error(errorType(error)));
      }
    });
  }
}

// Node's AggregateError for a refused connection has an empty message and a telling code.
const described = (error: Error): string => (error.message === '' ? errorType(error) : error.message);
