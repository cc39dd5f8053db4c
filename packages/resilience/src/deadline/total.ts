import type { Clock } from '@penstock/clock';
import { DeadlineExceededError } from '../errors.ts';
import type { Mode } from '../mode.ts';
import { UNLIMITED_MS } from '../units.ts';
import type { FloorLatency } from './floor-latency.ts';

interface Total {
  readonly totalMs: number;
  readonly whose: 'server' | 'client';
  readonly mode: Mode;
  /** On the monotonic clock, ms. */
  readonly startedAt: number;
  readonly floor: FloorLatency;
}

/** The total budget of one call, running from its start. */
export class Deadline {
  readonly totalMs: number;
  /** Whose deadline it is: `client` when the client asked for less than ours. */
  readonly whose: 'server' | 'client';
  /** As it was when the call began. */
  readonly mode: Mode;
  /** How long an attempt of this kind of call takes at least. */
  readonly floor: FloorLatency;
  readonly #clock: Clock;
  readonly #endsAt: number;

  constructor(clock: Clock, { totalMs, whose, mode, startedAt, floor }: Total) {
    this.#clock = clock;
    this.mode = mode;
    this.floor = floor;
    this.totalMs = totalMs;
    this.whose = whose;
    this.#endsAt = startedAt + totalMs;
  }

  /** Milliseconds, never negative; what is left is unlimited where the deadline is not enforced. */
  remaining(now = this.#clock.monotonic()): number {
    return this.mode === 'enforce' ? Math.max(0, this.#endsAt - now) : UNLIMITED_MS;
  }

  /** Whether the total has run out, enforced or not. */
  get passed(): boolean {
    return this.#clock.monotonic() >= this.#endsAt;
  }

  /** Whether something that starts at `at` (monotonic) and takes `ms` could end in time. */
  covers(at: number, ms: number): boolean {
    const left = this.#endsAt - at;
    return left > 0 && left >= ms;
  }

  exceeded(attempts: number): DeadlineExceededError {
    const now = this.#clock.monotonic();
    const left = this.#endsAt - now;
    const floorMs = this.floor.at(now);
    return new DeadlineExceededError(this.whose, this.totalMs, attempts, left > 0 && left < floorMs ? floorMs : undefined);
  }
}
