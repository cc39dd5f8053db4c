import type { Deadline } from './deadline/total.ts';
import type { CallId, Emit } from './events.ts';

/** What ends a wait early. A client that goes and a stop end the call; a drain ends its backoff only. */
export type Interrupt = CallEnding | { readonly kind: 'draining' };
export type CallEnding = { readonly kind: 'client'; readonly cause: unknown } | { readonly kind: 'stopped' };
type Hear = (interrupt: Interrupt) => void;

interface CallParts {
  readonly id: CallId;
  /** The pipeline's. */
  readonly name: string;
  readonly deadline: Deadline;
  readonly emit: Emit | undefined;
  readonly startedAt: number;
  readonly maxAttempts: number;
}

/** One call on its way through the layers. */
export class Call {
  readonly id: CallId;
  readonly name: string;
  readonly deadline: Deadline;
  /** Undefined when nobody listens, so that `call.emit?.({ … })` does not even make the event. */
  readonly emit: Emit | undefined;
  /** On the monotonic clock, ms. */
  readonly startedAt: number;
  /**
   * The time when the call last moved, on the monotonic clock, ms. Reading the clock costs more than most of what a layer
   * does, so it is read where a wait ends and handed on from there.
   */
  now: number;
  /** What the caller allows; the retry policy may allow fewer. */
  readonly maxAttempts: number;
  attempts = 0;
  /** Time spent waiting for the engine so far, backoff aside, ms. */
  engineMs = 0;
  #ended: CallEnding | undefined;
  #draining = false;
  readonly #waiting: Hear[] = [];

  constructor(parts: CallParts) {
    this.id = parts.id;
    this.name = parts.name;
    this.deadline = parts.deadline;
    this.emit = parts.emit;
    this.startedAt = parts.startedAt;
    this.now = parts.startedAt;
    this.maxAttempts = parts.maxAttempts;
  }

  /** The client's going or the stop, once it has happened. */
  get ended(): CallEnding | undefined {
    return this.#ended;
  }

  get draining(): boolean {
    return this.#draining;
  }

  /** Hears interrupts until `unhear` is called with the same function. */
  hear(hear: Hear): void {
    this.#waiting.push(hear);
  }

  unhear(hear: Hear): void {
    if (this.#waiting.at(-1) === hear) this.#waiting.pop();
    else if (this.#waiting.includes(hear)) this.#waiting.splice(this.#waiting.indexOf(hear), 1);
  }

  interrupt(interrupt: Interrupt): void {
    if (interrupt.kind === 'draining') this.#draining = true;
    else this.#ended ??= interrupt;
    for (const hear of [...this.#waiting]) hear(interrupt);
  }

  /** Tells what a policy in shadow mode would have done to this call. */
  shadowed(policy: string, would: string, reason: string): void {
    this.emit?.({ type: 'shadow_decision', name: this.name, call: this.id, policy, would, reason });
  }
}
