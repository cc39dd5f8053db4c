import type { Clock } from '@penstock/clock';
import { DeadlineExceededError } from '../errors.ts';
import type { CallOptions, Policy } from '../policy.ts';
import { spacedSeconds } from '../units.ts';
import { FloorLatency } from './floor-latency.ts';
import type { DeadlineOptions } from './options.ts';

/** The total budget of one call, running from its start. */
export class Deadline {
  readonly totalMs: number;
  /** Whose deadline it is: `client` when the client asked for less than ours. */
  readonly whose: 'server' | 'client';
  readonly #clock: Clock;
  readonly #endsAt: number;

  constructor(clock: Clock, totalMs: number, whose: 'server' | 'client') {
    this.#clock = clock;
    this.totalMs = totalMs;
    this.whose = whose;
    this.#endsAt = clock.monotonic() + totalMs;
  }

  /** Milliseconds, never negative. */
  remaining(): number {
    return Math.max(0, this.#endsAt - this.#clock.monotonic());
  }

  exceeded(attempts: number): DeadlineExceededError {
    return new DeadlineExceededError(this.whose, this.totalMs, attempts);
  }
}

/** Gives each call its deadline and knows how long an attempt takes at least. */
export class DeadlinePolicy implements Policy {
  readonly policy = 'deadline';
  readonly #options: DeadlineOptions;
  readonly #clock: Clock;
  readonly #floor: FloorLatency;

  constructor(options: DeadlineOptions, clock: Clock) {
    this.#options = options;
    this.#clock = clock;
    this.#floor = new FloorLatency(clock, options.floorWindowMs);
  }

  start(call: Pick<CallOptions, 'totalMs' | 'clientShortened'>): Deadline {
    const own = this.#options.totalMs;
    // A client that asks for as much as ours or more is cut by us, whatever it asked for.
    const whose = call.clientShortened === true && call.totalMs < own ? 'client' : 'server';
    return new Deadline(this.#clock, Math.min(Math.max(0, call.totalMs), own), whose);
  }

  /** Whether an attempt that starts after `delayMs` could still be answered in time. */
  fits(deadline: Deadline, delayMs: number): boolean {
    const left = deadline.remaining() - delayMs;
    return left > 0 && left >= this.#floor.ms;
  }

  /** Learns from an attempt that succeeded. */
  answered(durationMs: number): void {
    this.#floor.observe(durationMs);
  }

  describe(): string {
    return `total ${spacedSeconds(this.#options.totalMs)}`;
  }
}
