import type { Clock } from '@penstock/clock';
import type { Call, CallEnding } from '../call.ts';
import { AttemptTimeoutError, CallCancelledError, type DeadlineExceededError, PipelineStoppedError } from '../errors.ts';
import type { Operation, Policy, Settled } from '../policy.ts';
import { spacedSeconds } from '../units.ts';
import type { TimeoutOptions } from './options.ts';

/** How one attempt ended: by itself, or cut by what. */
export type AttemptEnd<T> =
  | { readonly kind: 'settled'; readonly settled: Settled<T> }
  | { readonly kind: 'timeout'; readonly error: AttemptTimeoutError }
  | { readonly kind: 'deadline'; readonly error: DeadlineExceededError }
  | { readonly kind: 'cancelled'; readonly error: CallCancelledError; readonly inFlightMs: number }
  | { readonly kind: 'stopped'; readonly error: PipelineStoppedError };

/** How long an attempt may take, and whose limit that is. */
export interface AttemptLimit {
  readonly remainingMs: number;
  readonly timeoutMs: number;
  readonly cutBy: 'timeout' | 'deadline';
}

/** Runs one attempt under its own signal, cut at the smaller of the cap and of what is left of the call. */
export class TimeoutPolicy implements Policy {
  readonly policy = 'timeout';
  readonly #options: TimeoutOptions;
  readonly #clock: Clock;
  readonly #name: string;

  constructor(options: TimeoutOptions, deps: { clock: Clock; name: string }) {
    this.#options = options;
    this.#clock = deps.clock;
    this.#name = deps.name;
  }

  limit(call: Call): AttemptLimit {
    const remainingMs = call.deadline.remaining();
    const cap = this.#options.attemptMs;
    return { remainingMs, timeoutMs: Math.min(cap, remainingMs), cutBy: cap < remainingMs ? 'timeout' : 'deadline' };
  }

  /**
   * Settles as soon as the operation does or the attempt is cut, whichever is first; an operation that ignores its
   * signal is not waited for, and what it brings later is dropped.
   */
  run<T>(call: Call, number: number, limit: AttemptLimit, operation: Operation<T>): Promise<AttemptEnd<T>> {
    if (call.ended !== undefined) return Promise.resolve(this.#ended(call.ended, 0));
    const controller = new AbortController();
    const startedAt = this.#clock.monotonic();
    return new Promise((resolve) => {
      const finish = (end: AttemptEnd<T>): void => {
        timer.cancel();
        release();
        resolve(end);
        if (end.kind !== 'settled') controller.abort(end.error);
      };
      const timer = this.#clock.timer(limit.timeoutMs, () => {
        if (limit.cutBy === 'deadline') finish({ kind: 'deadline', error: call.deadline.exceeded(number) });
        else finish({ kind: 'timeout', error: new AttemptTimeoutError(limit.timeoutMs) });
      });
      const release = call.onInterrupt((interrupt) => {
        if (interrupt.kind !== 'draining') finish(this.#ended(interrupt, this.#clock.monotonic() - startedAt));
      });
      const attempt = { number, signal: controller.signal, remainingMs: limit.remainingMs, timeoutMs: limit.timeoutMs };
      invoke(() => operation(attempt)).then(
        (result) => finish({ kind: 'settled', settled: { result } }),
        (error: unknown) => finish({ kind: 'settled', settled: { error } }),
      );
    });
  }

  #ended(interrupt: CallEnding, inFlightMs: number): AttemptEnd<never> {
    if (interrupt.kind === 'stopped') return { kind: 'stopped', error: new PipelineStoppedError(this.#name) };
    return { kind: 'cancelled', error: new CallCancelledError(interrupt.cause), inFlightMs };
  }

  describe(): string {
    return `timeout(${spacedSeconds(this.#options.attemptMs)})`;
  }
}

// A synchronous throw is a rejection like any other.
const invoke = <T>(run: () => Promise<T>): Promise<T> => new Promise((resolve) => resolve(run()));
