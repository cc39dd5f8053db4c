import type { Clock, Timer } from '@penstock/clock';
import type { Call, Interrupt, Waiting } from '../call.ts';
import { AttemptTimeoutError, CallCancelledError, PipelineStoppedError } from '../errors.ts';
import type { AttemptContext, Operation } from '../policy.ts';
import { UNLIMITED_MS } from '../units.ts';
import type { AttemptEnd, AttemptLimit } from './attempt-end.ts';

/**
 * One attempt from its start to its end. It is also what the operation is told of the attempt; the signal is made when
 * the operation asks for it, since making one costs more than everything else here.
 */
export class RunningAttempt<T> implements AttemptContext, Waiting {
  readonly number: number;
  readonly remainingMs: number;
  readonly timeoutMs: number;
  readonly #call: Call;
  readonly #clock: Clock;
  readonly #cutBy: AttemptLimit['cutBy'];
  readonly #startedAt: number;
  readonly #resolve: (end: AttemptEnd<T>) => void;
  readonly #timer: Timer | undefined;
  #controller: AbortController | undefined;
  #end: AttemptEnd<T> | undefined;

  constructor(call: Call, number: number, limit: AttemptLimit, clock: Clock, resolve: (end: AttemptEnd<T>) => void) {
    this.number = number;
    this.remainingMs = limit.remainingMs;
    this.timeoutMs = limit.timeoutMs;
    this.#call = call;
    this.#clock = clock;
    this.#cutBy = limit.cutBy;
    this.#startedAt = call.now;
    this.#resolve = resolve;
    if (limit.timeoutMs < UNLIMITED_MS) this.#timer = clock.timer(limit.timeoutMs, () => this.#outOfTime());
    call.hear(this);
  }

  get signal(): AbortSignal {
    if (this.#controller === undefined) {
      this.#controller = new AbortController();
      if (this.#end !== undefined) this.#abort(this.#end);
    }
    return this.#controller.signal;
  }

  start(operation: Operation<T>): void {
    try {
      // `resolve` also takes what is no promise of the engine's own kind.
      Promise.resolve(operation(this)).then(
        (result) => this.#finish({ kind: 'settled', settled: { result } }),
        (error: unknown) => this.#finish({ kind: 'settled', settled: { error } }),
      );
    } catch (error) {
      // A synchronous throw is a rejection like any other.
      this.#finish({ kind: 'settled', settled: { error } });
    }
  }

  #outOfTime(): void {
    if (this.#cutBy === 'deadline') this.#finish({ kind: 'deadline', error: this.#call.deadline.exceeded(this.number) });
    else this.#finish({ kind: 'timeout', error: new AttemptTimeoutError(this.timeoutMs) });
  }

  interrupted(interrupt: Interrupt): void {
    if (interrupt.kind === 'draining') return;
    this.#finish(endedBy(interrupt, this.#call.name, this.#clock.monotonic() - this.#startedAt));
  }

  #finish(end: AttemptEnd<T>): void {
    if (this.#end !== undefined) return;
    this.#end = end;
    this.#timer?.cancel();
    this.#call.unhear();
    this.#resolve(end);
    this.#abort(end);
  }

  #abort(end: AttemptEnd<T>): void {
    if (end.kind !== 'settled') this.#controller?.abort(end.error);
  }
}

/** The end of an attempt whose client went away, or whose pipeline stopped. */
export function endedBy(ending: Exclude<Interrupt, { kind: 'draining' }>, name: string, inFlightMs: number): AttemptEnd<never> {
  if (ending.kind === 'stopped') return { kind: 'stopped', error: new PipelineStoppedError(name) };
  return { kind: 'cancelled', error: new CallCancelledError(ending.cause), inFlightMs };
}
