import type { Clock } from '@penstock/clock';
import { DeadlineExceededError } from '../errors.ts';
import type { CallOptions, Policy } from '../policy.ts';
import { spacedSeconds } from '../units.ts';
import { FloorLatency } from './floor-latency.ts';
import type { DeadlineOptions } from './options.ts';

/** Kinds of calls that are told apart at most; further ones share a floor. */
const MAX_KINDS = 1000;

/** The total budget of one call, running from its start. */
export class Deadline {
  readonly totalMs: number;
  /** Whose deadline it is: `client` when the client asked for less than ours. */
  readonly whose: 'server' | 'client';
  /** How long an attempt of this kind of call takes at least. */
  readonly floor: FloorLatency;
  readonly #clock: Clock;
  readonly #endsAt: number;

  constructor(clock: Clock, totalMs: number, whose: 'server' | 'client', floor: FloorLatency) {
    this.#clock = clock;
    this.floor = floor;
    this.totalMs = totalMs;
    this.whose = whose;
    this.#endsAt = clock.monotonic() + totalMs;
  }

  /** Milliseconds, never negative. */
  remaining(): number {
    return Math.max(0, this.#endsAt - this.#clock.monotonic());
  }

  exceeded(attempts: number): DeadlineExceededError {
    return new DeadlineExceededError(this.whose, this.totalMs, attempts, this.remaining() > 0 ? this.floor.ms : undefined);
  }
}

/** Gives each call its deadline and knows how long an attempt takes at least. */
export class DeadlinePolicy implements Policy {
  readonly policy = 'deadline';
  readonly #options: DeadlineOptions;
  readonly #clock: Clock;
  /** By kind of call: a slow analysis says nothing of how fast a catalogue is read. */
  readonly #floors = new Map<string, FloorLatency>();

  constructor(options: DeadlineOptions, clock: Clock) {
    this.#options = options;
    this.#clock = clock;
  }

  start(call: Pick<CallOptions, 'totalMs' | 'clientShortened' | 'kind'>): Deadline {
    const own = this.#options.totalMs;
    // A client that asks for as much as ours or more is cut by us, whatever it asked for.
    const whose = call.clientShortened === true && call.totalMs < own ? 'client' : 'server';
    return new Deadline(this.#clock, Math.min(Math.max(0, call.totalMs), own), whose, this.#floorOf(call.kind ?? ''));
  }

  /** Whether an attempt that starts after `delayMs` could still be answered in time. */
  fits(deadline: Deadline, delayMs: number): boolean {
    const left = deadline.remaining() - delayMs;
    return left > 0 && left >= deadline.floor.ms;
  }

  #floorOf(kind: string): FloorLatency {
    const key = this.#floors.size < MAX_KINDS || this.#floors.has(kind) ? kind : '';
    let floor = this.#floors.get(key);
    if (floor === undefined) {
      floor = new FloorLatency(this.#clock, this.#options.floorWindowMs);
      this.#floors.set(key, floor);
    }
    return floor;
  }

  describe(): string {
    return `total ${spacedSeconds(this.#options.totalMs)}`;
  }
}
