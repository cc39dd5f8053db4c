import type { Clock } from '@penstock/clock';
import type { Call } from '../call.ts';
import { describeLayer } from '../mode.ts';
import type { CallOptions, Policy } from '../policy.ts';
import { spacedSeconds } from '../units.ts';
import { FloorLatency } from './floor-latency.ts';
import type { DeadlineOptions } from './options.ts';
import { Deadline } from './total.ts';

/** Kinds of calls that are told apart at most; further ones share a floor. */
const MAX_KINDS = 1000;

/** Gives each call its deadline and knows how long an attempt takes at least. */
export class DeadlinePolicy implements Policy {
  readonly policy = 'deadline';
  #options: DeadlineOptions;
  readonly #clock: Clock;
  /** By kind of call: a slow analysis says nothing of how fast a catalogue is read. */
  readonly #floors = new Map<string, FloorLatency>();

  constructor(options: DeadlineOptions, clock: Clock) {
    this.#options = options;
    this.#clock = clock;
  }

  start(call: Pick<CallOptions, 'totalMs' | 'clientShortened' | 'kind'>, startedAt = this.#clock.monotonic()): Deadline {
    const { totalMs: own, mode } = this.#options;
    // A client that asks for as much as ours or more is cut by us, whatever it asked for.
    const whose = call.clientShortened === true && call.totalMs < own ? 'client' : 'server';
    const totalMs = Math.min(Math.max(0, call.totalMs), own);
    return new Deadline(this.#clock, { totalMs, whose, mode, startedAt, floor: this.#floorOf(call.kind ?? '') });
  }

  /** Whether an attempt that starts after `delayMs` could still be answered in time. */
  fits(call: Call, delayMs: number): boolean {
    const { deadline, now } = call;
    if (deadline.mode === 'off' || deadline.covers(now + delayMs, deadline.floor.at(now))) return true;
    if (deadline.mode === 'enforce') return false;
    call.shadowed('deadline', 'refuse', 'deadline');
    return true;
  }

  /** The call has ended: a total that was only watched is looked at now. */
  ended(call: Call): void {
    if (call.deadline.mode === 'shadow' && call.deadline.passed) call.shadowed('deadline', 'cut', 'deadline');
  }

  #floorOf(kind: string): FloorLatency {
    const key = this.#floors.size < MAX_KINDS || this.#floors.has(kind) ? kind : '';
    let floor = this.#floors.get(key);
    if (floor === undefined) {
      floor = new FloorLatency(this.#options.floorWindowMs);
      this.#floors.set(key, floor);
    }
    return floor;
  }

  describe(): string {
    const { mode, totalMs } = this.#options;
    return mode === 'enforce' ? `total ${spacedSeconds(totalMs)}` : describeLayer('total', mode, spacedSeconds(totalMs));
  }

  /** Other options, for calls that begin from now on. The observed floor latencies stay. */
  reload(options: DeadlineOptions): void {
    this.#options = options;
    const now = this.#clock.monotonic();
    for (const floor of this.#floors.values()) floor.resize(options.floorWindowMs, now);
  }
}
