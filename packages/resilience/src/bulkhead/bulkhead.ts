import type { Timer } from '@penstock/clock';
import { PipelineStoppedError } from '../errors.ts';
import type { CallId } from '../events.ts';
import { Announcer, type LayerDeps, type LivePolicy } from '../layer.ts';
import { onAbort } from '../listen.ts';
import { describeLayer } from '../mode.ts';
import { type Priority, PriorityQueue } from '../priority.ts';
import { BulkheadFullError } from './errors.ts';
import type { BulkheadOptions } from './options.ts';
import { resolveBulkhead } from './validate.ts';

/** What the bulkhead is told of an attempt that wants in. */
export interface BulkheadEntry {
  /**
   * Leaves the queue when it aborts; `run` then rejects with its reason. A function is asked only if the attempt has to
   * wait: where signals are made on demand, none is made for those that go straight in.
   */
  readonly signal?: AbortSignal | (() => AbortSignal) | undefined;
  /** What is left of the attempt, ms: it never waits that long, so that a refusal of ours is not taken for a timeout. */
  readonly remainingMs: number;
  /** Default `interactive`. */
  readonly priority?: Priority | undefined;
  /** Number of the attempt, from 1, for the error. Default 1. */
  readonly attempt?: number | undefined;
  readonly call?: CallId | undefined;
}

export interface BulkheadSnapshot extends BulkheadOptions {
  readonly inFlight: number;
  readonly queued: number;
}

interface Waiter {
  enter(): void;
  refuse(reason: unknown): void;
}

/** Bounds how many attempts run at once and how many wait. A refusal is local: it says nothing about the engine. */
export class BulkheadPolicy implements LivePolicy<BulkheadOptions> {
  readonly policy = 'bulkhead';
  readonly #deps: LayerDeps;
  readonly #announcer: Announcer;
  readonly #queue = new PriorityQueue<Waiter>();
  #options: BulkheadOptions;
  #inFlight = 0;
  #stopped = false;

  constructor(options: BulkheadOptions, deps: LayerDeps) {
    this.#options = options;
    this.#deps = deps;
    this.#announcer = new Announcer(deps);
  }

  get options(): BulkheadOptions {
    return this.#options;
  }

  get listenerErrors(): number {
    return this.#announcer.errors;
  }

  /** Runs the work once there is room. Rejects with BulkheadFullError, PipelineStoppedError or the signal's reason. */
  run<T>(entry: BulkheadEntry, work: () => Promise<T>): Promise<T> {
    let wait: Promise<void> | undefined;
    try {
      wait = this.#enter(entry);
    } catch (error) {
      return Promise.reject(error);
    }
    return wait === undefined ? this.#inside(work) : wait.then(() => this.#inside(work));
  }

  reload(given: Partial<BulkheadOptions>): void {
    this.#options = resolveBulkhead(given);
    this.#admitWaiting();
  }

  stop(): void {
    this.#stopped = true;
    for (let next = this.#queue.shift(); next !== undefined; next = this.#queue.shift()) {
      next.refuse(new PipelineStoppedError(this.#deps.name));
    }
  }

  snapshot(): BulkheadSnapshot {
    return { ...this.#options, inFlight: this.#inFlight, queued: this.#queue.size };
  }

  describe(): string {
    return describeLayer('bulkhead', this.#options.mode, `${this.#options.maxInFlight} + ${this.#options.maxQueued} waiting`);
  }

  // Undefined: the attempt is in. Without a promise, the free way costs no turn of the queue of microtasks.
  #enter(entry: BulkheadEntry): Promise<void> | undefined {
    if (this.#stopped) throw new PipelineStoppedError(this.#deps.name);
    if (typeof entry.signal === 'object' && entry.signal.aborted) throw entry.signal.reason;
    if (this.#hasRoom() && this.#queue.size === 0) {
      this.#inFlight++;
      return undefined;
    }
    const refused = this.#queue.size >= this.#options.maxQueued ? 'full' : this.#waitMs(entry) <= 0 ? 'wait' : undefined;
    if (this.#options.mode === 'shadow') {
      this.#tell(entry, refused ?? 'queued', true);
      this.#inFlight++;
      return undefined;
    }
    if (refused !== undefined) throw this.#refusal(entry, refused);
    return this.#wait(entry);
  }

  #wait(entry: BulkheadEntry): Promise<void> {
    const signal = typeof entry.signal === 'function' ? entry.signal() : entry.signal;
    return new Promise((resolve, reject) => {
      const done = (): void => {
        timer.cancel();
        release();
        leaveQueue();
      };
      const waiter: Waiter = {
        enter: () => {
          done();
          this.#inFlight++;
          resolve();
        },
        refuse: (reason) => {
          done();
          reject(reason);
        },
      };
      const timer: Timer = this.#deps.clock.timer(this.#waitMs(entry), () => waiter.refuse(this.#refusal(entry, 'wait')));
      const release = onAbort(signal, (reason) => waiter.refuse(reason));
      const leaveQueue = this.#queue.push(entry.priority ?? 'interactive', waiter);
      this.#tell(entry, 'queued', false);
    });
  }

  // Leaving is heard beside the promise that is handed on: one that waited for it would cost every attempt a further turn.
  #inside<T>(work: () => Promise<T>): Promise<T> {
    try {
      const working = work();
      working.then(this.#leave, this.#leave);
      return working;
    } catch (error) {
      this.#leave();
      return Promise.reject(error);
    }
  }

  readonly #leave = (): void => {
    this.#inFlight--;
    this.#admitWaiting();
  };

  #admitWaiting(): void {
    const everyone = this.#options.mode !== 'enforce';
    while (this.#queue.size > 0 && (everyone || this.#hasRoom())) this.#queue.shift()?.enter();
  }

  #hasRoom(): boolean {
    return this.#options.mode === 'off' || this.#inFlight < this.#options.maxInFlight;
  }

  // One millisecond short of the attempt's end, which its timeout would otherwise report first.
  #waitMs({ remainingMs }: BulkheadEntry): number {
    return Math.min(this.#options.maxWaitMs, remainingMs - 1);
  }

  #refusal(entry: BulkheadEntry, because: 'full' | 'wait'): BulkheadFullError {
    this.#tell(entry, because, false);
    const counts = { inFlight: this.#inFlight, queued: this.#queue.size };
    return new BulkheadFullError(this.#deps.name, because, counts, entry.attempt ?? 1);
  }

  #tell({ priority = 'interactive', call }: BulkheadEntry, what: 'queued' | 'full' | 'wait', shadow: boolean): void {
    const { name } = this.#deps;
    const common = { name, call, shadow, priority, inFlight: this.#inFlight, queued: this.#queue.size };
    if (what === 'queued') this.#announcer.emit({ type: 'bulkhead_queued', ...common });
    else this.#announcer.emit({ type: 'bulkhead_refused', because: what, ...common });
  }
}
