/** A pending call of `Clock.timer`. */
export interface Timer {
  cancel(): void;
}

/** Time, injected: nothing below the services reads the system's clock itself. */
export interface Clock {
  /** Milliseconds since the Unix epoch. */
  now(): number;
  /** Milliseconds on a clock that never goes back; only differences mean something. */
  monotonic(): number;
  /** Calls `run` once, after `ms` milliseconds. `keepAlive: false` lets the process exit before. Default true. */
  timer(ms: number, run: () => void, options?: { keepAlive?: boolean }): Timer;
}

/**
 * Resolves after `ms` milliseconds, rejects with the signal's reason as soon as it aborts.
 * Leaves no timer and no listener behind in either case.
 */
export function sleep(clock: Clock, ms: number, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    if (signal?.aborted) {
      reject(signal.reason);
      return;
    }
    const onAbort = (): void => {
      timer.cancel();
      reject(signal?.reason);
    };
    const timer = clock.timer(ms, () => {
      signal?.removeEventListener('abort', onAbort);
      resolve();
    });
    signal?.addEventListener('abort', onAbort, { once: true });
  });
}
