interface Run<T> {
  readonly result: Promise<T>;
  readonly controller: AbortController;
  waiting: number;
}

/**
 * Requests for the same key share one run. The run is given up when the last of them has gone;
 * each leaves at once when its own signal aborts.
 */
export class SharedRuns<T> {
  readonly #runs = new Map<string, Run<T>>();

  async join(key: string, signal: AbortSignal, start: (signal: AbortSignal) => Promise<T>): Promise<T> {
    signal.throwIfAborted();
    const run = this.#runs.get(key) ?? this.#begin(key, start);
    run.waiting++;
    let leave = (): void => undefined;
    const left = new Promise<never>((_, reject) => {
      leave = () => reject(signal.reason);
      signal.addEventListener('abort', leave, { once: true });
    });
    try {
      return await Promise.race([run.result, left]);
    } finally {
      signal.removeEventListener('abort', leave);
      run.waiting--;
      if (run.waiting === 0 && signal.aborted) {
        // Nobody may join what is being given up.
        this.#forget(key, run);
        run.controller.abort(signal.reason);
      }
    }
  }

  /** Resolves when no run is under way. */
  async settled(): Promise<void> {
    await Promise.allSettled([...this.#runs.values()].map(({ result }) => result));
  }

  #begin(key: string, start: (signal: AbortSignal) => Promise<T>): Run<T> {
    const controller = new AbortController();
    const run: Run<T> = { result: start(controller.signal), controller, waiting: 0 };
    this.#runs.set(key, run);
    run.result.then(
      () => this.#forget(key, run),
      () => this.#forget(key, run),
    );
    return run;
  }

  #forget(key: string, run: Run<T>): void {
    if (this.#runs.get(key) === run) this.#runs.delete(key);
  }
}
