import type { Span } from '@opentelemetry/api';
import { TransientMap } from '@penstock/collections';
import type { Priority } from '@penstock/resilience';

interface Run<T> {
  /** Of the request that began it. */
  readonly span: Span;
  readonly result: Promise<T>;
  readonly controller: AbortController;
  waiting: number;
  /** The highest of those who have joined. */
  priority: Priority;
}

/** Who waits for a run. */
export interface Waiter {
  readonly signal: AbortSignal;
  readonly priority: Priority;
  readonly span: Span;
}

/** @param computing span of the request that began the run */
export type OnJoin = (joining: Span, computing: Span) => void;

/** Begins a run; what it waits for may ask again how urgent it is. */
export type StartRun<T> = (signal: AbortSignal, priority: () => Priority) => Promise<T>;

/**
 * Requests for the same key share one run. The run is given up when the last of them has gone;
 * each leaves at once when its own signal aborts.
 */
export class SharedRuns<T> {
  readonly #runs = new TransientMap<string, Run<T>>();
  readonly #onJoin: OnJoin;

  /** @param onJoin told of each request that finds its run under way */
  constructor(onJoin: OnJoin) {
    this.#onJoin = onJoin;
  }

  async join(key: string, { signal, priority, span }: Waiter, start: StartRun<T>): Promise<T> {
    signal.throwIfAborted();
    const found = this.#runs.get(key);
    if (found !== undefined) this.#onJoin(span, found.span);
    const run = found ?? this.#begin(key, start, { priority, span });
    if (priority === 'interactive') run.priority = priority;
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

  #begin(key: string, start: StartRun<T>, { priority, span }: Omit<Waiter, 'signal'>): Run<T> {
    const controller = new AbortController();
    const urgency = { priority };
    const result = start(controller.signal, () => urgency.priority);
    const run: Run<T> = Object.assign(urgency, { span, result, controller, waiting: 0 });
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
