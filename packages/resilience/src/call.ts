import type { Deadline } from './deadline/index.ts';
import type { CallId, Emit } from './events.ts';

/** What ends a wait early. A client that goes and a stop end the call; a drain ends its backoff only. */
export type Interrupt = CallEnding | { readonly kind: 'draining' };
export type CallEnding = { readonly kind: 'client'; readonly cause: unknown } | { readonly kind: 'stopped' };

interface CallParts {
  readonly id: CallId;
  readonly deadline: Deadline;
  readonly emit: Emit;
  readonly startedAt: number;
  readonly maxAttempts: number;
}

/** One call on its way through the layers. */
export class Call {
  readonly id: CallId;
  readonly deadline: Deadline;
  readonly emit: Emit;
  /** On the monotonic clock, ms. */
  readonly startedAt: number;
  /** What the caller allows; the retry policy may allow fewer. */
  readonly maxAttempts: number;
  attempts = 0;
  #ended: CallEnding | undefined;
  #draining = false;
  readonly #waiting = new Set<(interrupt: Interrupt) => void>();

  constructor(parts: CallParts) {
    this.id = parts.id;
    this.deadline = parts.deadline;
    this.emit = parts.emit;
    this.startedAt = parts.startedAt;
    this.maxAttempts = parts.maxAttempts;
  }

  /** The client's going or the stop, once it has happened. */
  get ended(): CallEnding | undefined {
    return this.#ended;
  }

  get draining(): boolean {
    return this.#draining;
  }

  /** Hears interrupts until the returned function is called. */
  onInterrupt(hear: (interrupt: Interrupt) => void): () => void {
    this.#waiting.add(hear);
    return () => void this.#waiting.delete(hear);
  }

  interrupt(interrupt: Interrupt): void {
    if (interrupt.kind === 'draining') this.#draining = true;
    else this.#ended ??= interrupt;
    for (const hear of [...this.#waiting]) hear(interrupt);
  }
}
