import type { Clock } from '@penstock/clock';
import type { Call } from '../call.ts';
import { describeLayer } from '../mode.ts';
import type { Operation, Policy } from '../policy.ts';
import { spacedSeconds, UNLIMITED_MS } from '../units.ts';
import type { AttemptEnd, AttemptLimit } from './attempt-end.ts';
import type { TimeoutOptions } from './options.ts';
import { endedBy, RunningAttempt } from './running-attempt.ts';

/** Runs one attempt under its own signal, cut at the smaller of the cap and of what is left of the call: one timer for both. */
export class TimeoutPolicy implements Policy {
  readonly policy = 'timeout';
  #options: TimeoutOptions;
  readonly #clock: Clock;
  readonly #name: string;

  constructor(options: TimeoutOptions, deps: { clock: Clock; name: string }) {
    this.#options = options;
    this.#clock = deps.clock;
    this.#name = deps.name;
  }

  limit(call: Call): AttemptLimit {
    const remainingMs = call.deadline.remaining(call.now);
    const cap = this.#options.mode === 'enforce' ? this.#options.attemptMs : UNLIMITED_MS;
    return { remainingMs, timeoutMs: Math.min(cap, remainingMs), cutBy: cap < remainingMs ? 'timeout' : 'deadline' };
  }

  /**
   * Settles as soon as the operation does or the attempt is cut, whichever is first; an operation that ignores its
   * signal is not waited for, and what it brings later is dropped.
   */
  run<T>(call: Call, number: number, limit: AttemptLimit, operation: Operation<T>): Promise<AttemptEnd<T>> {
    const { ended } = call;
    if (ended !== undefined) return Promise.resolve(endedBy(ended, this.#name, 0));
    return new Promise((resolve) => new RunningAttempt<T>(call, number, limit, this.#clock, resolve).start(operation));
  }

  /** An attempt has ended: a cap that was only watched is looked at now. */
  ended(call: Call, durationMs: number): void {
    const { mode, attemptMs } = this.#options;
    if (mode === 'shadow' && durationMs >= attemptMs) call.shadowed('timeout', 'cut', 'timeout');
  }

  describe(): string {
    return describeLayer('timeout', this.#options.mode, spacedSeconds(this.#options.attemptMs));
  }

  /** Another cap, for attempts that start from now on. */
  reload(options: TimeoutOptions): void {
    this.#options = options;
  }
}
