import { monitorEventLoopDelay } from 'node:perf_hooks';
import type { Clock, Timer } from '@penstock/clock';

const RESOLUTION_MS = 20;
const WINDOW_MS = 1000;
const NANOS_PER_MS = 1e6;

/** How late the event loop was on average over the last whole second, ms: one long turn alone is no overload. */
export class EventLoopLag {
  readonly #clock: Clock;
  readonly #histogram = monitorEventLoopDelay({ resolution: RESOLUTION_MS });
  #timer: Timer;
  #meanMs = 0;

  constructor(clock: Clock) {
    this.#clock = clock;
    this.#histogram.enable();
    this.#timer = this.#next();
  }

  get meanMs(): number {
    return this.#meanMs;
  }

  stop(): void {
    this.#timer.cancel();
    this.#histogram.disable();
  }

  #next(): Timer {
    return this.#clock.timer(WINDOW_MS, () => this.#read(), { keepAlive: false });
  }

  // What is measured is the time between two ticks, their distance included.
  #read(): void {
    const meanMs = this.#histogram.mean / NANOS_PER_MS - RESOLUTION_MS;
    this.#meanMs = Number.isFinite(meanMs) ? Math.max(0, meanMs) : 0;
    this.#histogram.reset();
    this.#timer = this.#next();
  }
}
