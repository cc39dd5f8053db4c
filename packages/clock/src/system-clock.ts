import type { Clock, Timer } from './clock.ts';

// setTimeout fires at once for delays beyond this; such a delay is cut to it (24 days).
const LONGEST_TIMEOUT = 2 ** 31 - 1;

/** The machine's own time. */
export const systemClock: Clock = Object.freeze({
  now: () => Date.now(),
  monotonic: () => performance.now(),
  timer(ms: number, run: () => void, options: { keepAlive?: boolean } = {}): Timer {
    const handle = setTimeout(run, Math.min(Math.max(0, ms), LONGEST_TIMEOUT));
    if (options.keepAlive === false) handle.unref();
    return { cancel: () => clearTimeout(handle) };
  },
});
