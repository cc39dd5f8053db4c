import type { Deadline } from './deadline/total.ts';
import type { CallId, Emit } from './events.ts';

/** What ends a wait early. A client that goes and a stop end the call; a drain ends its backoff only. */
export type Interrupt = CallEnding | { readonly kind: 'draining' };
export type CallEnding = { readonly kind: 'client'; readonly cause: unknown } | { readonly kind: 'stopped' };
/** Whoever waits for something on behalf of a call. */
export interface Waiting {
  interrupted(interrupt: Interrupt): void;
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
  /** A call waits for one thing at a time. */
  #waiting: Waiting | undefined;

  /** `name`: the pipeline's. */
  constructor(id: CallId, name: string, deadline: Deadline, emit: Emit | undefined, startedAt: number, maxAttempts: number) {
    this.id = id;
    this.name = name;
    this.deadline = deadline;
    this.emit = emit;
    this.startedAt = startedAt;
    this.now = startedAt;
    this.maxAttempts = maxAttempts;
  }

  /** The client's going or the stop, once it has happened. */
  get ended(): CallEnding | undefined {
    return this.#ended;
  }

  get draining(): boolean {
    return this.#draining;
  }

  /** Tells of interrupts until `unhear` is called. */
  hear(waiting: Waiting): void {
    this.#waiting = waiting;
  }

  unhear(): void {
    this.#waiting = undefined;
  }

  interrupt(interrupt: Interrupt): void {
    if (interrupt.kind === 'draining') this.#draining = true;
    else this.#ended ??= interrupt;
    this.#waiting?.interrupted(interrupt);
  }

  /** Tells what a policy in shadow mode would have done to this call. */
  shadowed(policy: string, would: string, reason: string): void {
    this.emit?.({ type: 'shadow_decision', name: this.name, call: this.id, policy, would, reason });
  }
}
