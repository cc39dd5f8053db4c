import type { Clock } from '@penstock/clock';
import type { Call } from '../call.ts';
import { describeLayer } from '../mode.ts';
import type { CallOptions, Policy } from '../policy.ts';
import { spacedSeconds } from '../units.ts';
import { FloorLatency } from './floor-latency.ts';
import type { DeadlineOptions } from './options.ts';
import { Deadline } from './total.ts';

/** Gives each call its deadline and knows how long an attempt takes at least. */
export class DeadlinePolicy implements Policy {
  readonly policy = 'deadline';
  #options: DeadlineOptions;
  readonly #clock: Clock;
  readonly #floor: FloorLatency;

  constructor(options: DeadlineOptions, clock: Clock) {
    this.#options = options;
    this.#clock = clock;
    this.#floor = new FloorLatency(options.floorWindowMs);
  }

  start(call: Pick<CallOptions, 'totalMs' | 'clientShortened'>, startedAt = this.#clock.monotonic()): Deadline {
    const { totalMs: own, mode } = this.#options;
    // A client that asks for as much as ours or more is cut by us, whatever it asked for.
    const whose = call.clientShortened === true && call.totalMs < own ? 'client' : 'server';
    return new Deadline(this.#clock, Math.min(Math.max(0, call.totalMs), own), whose, mode, startedAt);
  }

  /** Whether an attempt that starts after `delayMs` could still be answered in time. */
  fits(call: Call, delayMs: number): boolean {
    const { deadline, now } = call;
    if (deadline.mode === 'off' || deadline.covers(now + delayMs, this.#floor.at(now))) return true;
    if (deadline.mode === 'enforce') return false;
    call.shadowed('deadline', 'refuse', 'deadline');
    return true;
  }

  /** The call has ended: a total that was only watched is looked at now. */
  ended(call: Call): void {
    if (call.deadline.mode === 'shadow' && call.deadline.passed) call.shadowed('deadline', 'cut', 'deadline');
  }

  /** Learns from an attempt that succeeded. */
  answered(durationMs: number, now: number): void {
    this.#floor.observe(durationMs, now);
  }

  describe(): string {
    const { mode, totalMs } = this.#options;
    return mode === 'enforce' ? `total ${spacedSeconds(totalMs)}` : describeLayer('total', mode, spacedSeconds(totalMs));
  }

  /** Other options, for calls that begin from now on. The observed floor latency stays. */
  reload(options: DeadlineOptions): void {
    this.#options = options;
    this.#floor.resize(options.floorWindowMs, this.#clock.monotonic());
  }
}
