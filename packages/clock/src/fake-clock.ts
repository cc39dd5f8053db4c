import type { Clock, Timer } from './clock.ts';

interface Pending {
  readonly at: number;
  readonly order: number;
  readonly run: () => void;
}

/** A clock that moves only when told to. Timers fire in the order of their times, then of their creation. */
export class FakeClock implements Clock {
  #now: number;
  #order = 0;
  readonly #pending = new Set<Pending>();

  constructor(startMs = Date.UTC(2030, 0, 1)) {
    this.#now = startMs;
  }

  now(): number {
    return this.#now;
  }

  monotonic(): number {
    return this.#now;
  }

  timer(ms: number, run: () => void): Timer {
    const pending = { at: this.#now + Math.max(0, ms), order: this.#order++, run };
    this.#pending.add(pending);
    return { cancel: () => void this.#pending.delete(pending) };
  }

  /** How many timers wait: what a policy must leave at 0. */
  get pendingTimers(): number {
    return this.#pending.size;
  }

  /** Milliseconds until the next timer fires, or undefined. */
  get nextTimerIn(): number | undefined {
    const next = this.#next(Number.POSITIVE_INFINITY);
    return next === undefined ? undefined : next.at - this.#now;
  }

  /** Moves time on by `ms`, firing what becomes due and letting promises settle after each. */
  async advance(ms: number): Promise<void> {
    const until = this.#now + ms;
    await settle();
    for (let next = this.#next(until); next !== undefined; next = this.#next(until)) {
      this.#pending.delete(next);
      this.#now = next.at;
      next.run();
      await settle();
    }
    this.#now = until;
  }

  /** Moves time on to each timer in turn until none is left (bounded, so that a loop of timers is seen). */
  async runAll(maxTimers = 100_000): Promise<void> {
    await settle();
    for (let fired = 0; this.nextTimerIn !== undefined; fired++) {
      if (fired === maxTimers) throw new Error(`more than ${maxTimers} timers fired: something reschedules itself for ever`);
      await this.advance(this.nextTimerIn);
    }
  }

  #next(until: number): Pending | undefined {
    let first: Pending | undefined;
    for (const each of this.#pending) {
      if (each.at > until) continue;
      if (first === undefined || each.at < first.at || (each.at === first.at && each.order < first.order)) first = each;
    }
    return first;
  }
}

// A macrotask turn lets every promise chain that is ready run to its end.
const settle = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
