import type { Clock, Timer } from '@penstock/clock';

interface Due {
  readonly at: number;
  readonly run: () => void;
}

/** A clock moved one timer at a time, without promises: millions of runs fit into a minute. */
export class StepClock implements Clock {
  #now = 0;
  /** In the order of their times, then of their creation. */
  readonly #timers: Due[] = [];

  now(): number {
    return this.#now;
  }

  monotonic(): number {
    return this.#now;
  }

  timer(ms: number, run: () => void): Timer {
    const due = { at: this.#now + ms, run };
    const after = this.#timers.findIndex((other) => other.at > due.at);
    this.#timers.splice(after === -1 ? this.#timers.length : after, 0, due);
    return {
      cancel: () => {
        const index = this.#timers.indexOf(due);
        if (index !== -1) this.#timers.splice(index, 1);
      },
    };
  }

  get pending(): number {
    return this.#timers.length;
  }

  /** Milliseconds until the next timer is due, 0 for one that is overdue. */
  get nextIn(): number | undefined {
    const next = this.#timers[0];
    return next && Math.max(0, next.at - this.#now);
  }

  /** Moves on to the next timer and runs it. */
  fire(): void {
    this.skip();
    this.#timers.shift()?.run();
  }

  /** Moves on to the time of the next timer without running it, as when the event loop is blocked. */
  skip(): void {
    this.#now += this.nextIn ?? 0;
  }
}
