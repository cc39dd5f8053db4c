import type { Clock } from '@penstock/clock';
import type { Metrics, Tracing } from '@penstock/telemetry';
import { Mailbox } from './mailbox.ts';

interface KeepMessagesDeps {
  readonly clock: Clock;
  readonly tracing: Tracing;
  readonly metrics: Metrics<'gateway'>;
}

/** Tells each engine which of the traces that it had a part in are kept. Never on a request's path. */
export class KeepMessages {
  readonly #mailboxes: ReadonlyMap<string, Mailbox>;

  constructor(engines: readonly URL[], { clock, tracing, metrics }: KeepMessagesDeps) {
    const count = (result: 'told' | 'lost', traces: number): void => metrics.series.trace_tail_told_total.inc({ result }, traces);
    this.#mailboxes = new Map(engines.map(({ origin }) => [origin, new Mailbox(origin, { clock, count })]));
    tracing.onKept((traceId, callees) => {
      for (const callee of callees) this.#mailboxes.get(callee)?.add(traceId);
    });
  }

  /** Sends what waits, for at most about two seconds. */
  async close(): Promise<void> {
    await Promise.all([...this.#mailboxes.values()].map((mailbox) => mailbox.close()));
  }
}
