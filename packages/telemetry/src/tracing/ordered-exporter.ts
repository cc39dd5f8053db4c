import { type ExportResult, ExportResultCode } from '@opentelemetry/core';
import type { Clock } from '@penstock/clock';
import { errorType } from '../spans/error-type.ts';
import type { BatchExporter } from './bounded-processor.ts';
import type { ReportProblem } from './problem-log.ts';

/** How long one batch may take before its spans are given up, milliseconds. */
export const EXPORT_LIMIT_MS = 10_000;

/** An exporter that can be thrown away in the middle of an export, its sockets closed. */
export interface RawExporter<Content> {
  export(content: Content, done: (result: ExportResult) => void): void;
  /** Ends what is under way, at once. */
  abandon(): void;
}

/**
 * Stands before an exporter: one batch at a time, a time limit for each, an exporter that throws, and every failure
 * reported rather than raised. Shutting down waits for the batch in flight, which the Jaeger exporter does not.
 */
export class OrderedExporter<Content> implements BatchExporter<Content> {
  readonly #raw: RawExporter<Content>;
  readonly #name: string;
  readonly #clock: Clock;
  readonly #report: ReportProblem;
  #last: Promise<void> = Promise.resolve();
  #closed = false;

  constructor(raw: RawExporter<Content>, name: string, clock: Clock, report: ReportProblem) {
    this.#raw = raw;
    this.#name = name;
    this.#clock = clock;
    this.#report = report;
  }

  export(content: Content, spans: number, done: (sent: boolean) => void): void {
    this.#last = this.#last.then(async () => {
      const error = this.#closed ? new Error('tracing was shut down before they were sent') : await this.#send(content);
      if (error !== undefined) this.#report('export_failed', spans, `${this.#name}: ${described(error)}`);
      done(error === undefined);
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

  #send(content: Content): Promise<Error | undefined> {
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
        this.#raw.export(content, ({ code, error }) =>
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
