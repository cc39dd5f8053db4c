import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import type { Clock, Random } from '@penstock/clock';
import { TransientSet } from '@penstock/collections';
import { ProblemError } from '@penstock/contracts';
import type { OverloadedError, PolicyEvent, Priority } from '@penstock/resilience';
import { Piscina } from 'piscina';
import { Admission } from './admission.ts';
import { type Control, controlOver } from './control.ts';
import { Places } from './places.ts';
import type { AnalysisTask, Task, TaskOutcome } from './task.ts';

export interface PoolOptions {
  readonly workers: number;
  /** Tasks that may wait for a thread. */
  readonly queue: number;
  /** Whether the queue's length and order follow what its callers can wait. */
  readonly adaptive: boolean;
  /** Megabytes of heap of one thread, and of the design of its analysis, which is outside that heap. */
  readonly memoryMb: number;
  readonly clock: Clock;
  readonly random: Random;
  /** Told when a thread ends that should not have. */
  readonly onCrash: (error: Error) => void;
  /** Told of work that is refused, and of each other limit. */
  readonly onEvent?: (event: PolicyEvent) => void;
  /** Module that the threads run; tests give another. */
  readonly filename?: string;
}

export interface PoolLoad {
  readonly active: number;
  readonly queued: number;
  readonly workers: number;
}

export type PoolTask = Omit<AnalysisTask, 'control' | 'memoryMb'>;

/** A stopped worker gets this long to notice by itself before its thread is ended, in milliseconds. */
const STOP_GRACE_MS = 20;
/** Weight of the newest task in the mean service time that Retry-After is estimated from. */
const NEWEST = 0.2;
/** Service time that is assumed until the first task has ended, in milliseconds. */
const UNKNOWN_SERVICE_MS = 500;
const MAX_RETRY_AFTER_S = 60;
const WORKER_FILE = fileURLToPath(new URL('./analysis-worker.ts', import.meta.url));

interface Running {
  readonly control: Control;
}

/** Threads that compute analyses, with a bounded queue before them. */
export class WorkerPool {
  readonly #piscina: Piscina;
  readonly #options: PoolOptions;
  readonly #tasks = new TransientSet<Running>();
  readonly #places: Places;
  readonly #admission: Admission;
  #serviceMs: number | undefined;
  #warm = false;

  constructor(options: PoolOptions) {
    this.#options = options;
    this.#places = new Places({ count: options.workers, adaptive: options.adaptive });
    this.#admission = new Admission(options);
    this.#piscina = new Piscina({
      filename: options.filename ?? WORKER_FILE,
      minThreads: options.workers,
      maxThreads: options.workers,
      // Queued here instead: Piscina neither counts nor orders tasks that have a signal.
      maxQueue: Number.MAX_SAFE_INTEGER,
      resourceLimits: { maxOldGenerationSizeMb: options.memoryMb },
    });
    this.#piscina.on('error', (error: Error) => options.onCrash(error));
  }

  /** Has every thread load its modules. */
  async warmUp(): Promise<void> {
    const task: Task = { kind: 'warm-up' };
    await Promise.all(Array.from({ length: this.#options.workers }, () => this.#piscina.run(task)));
    this.#warm = true;
  }

  get ready(): boolean {
    return this.#warm && this.#piscina.threads.length > 0;
  }

  get load(): PoolLoad {
    let active = 0;
    for (const { control } of this.#tasks.all()) if (control.thread !== 0) active++;
    return { active, queued: this.#tasks.size - active, workers: this.#options.workers };
  }

  /** Analyses that may be under way or waiting. */
  get limit(): number {
    return this.#admission.limit;
  }

  /** Figures that running analyses have still to draw. */
  get figuresWaiting(): number {
    let waiting = 0;
    for (const { control } of this.#tasks.all()) waiting += control.figuresWaiting;
    return waiting;
  }

  /** Whether the newest goes first, because callers give up waiting. */
  get newestFirst(): boolean {
    return this.#places.newestFirst;
  }

  /** How long new work would wait for a thread, in seconds: observed service time × queue ÷ threads. */
  get estimatedWaitS(): number {
    const serviceMs = this.#serviceMs ?? UNKNOWN_SERVICE_MS;
    return (serviceMs * this.#places.waiting) / this.#options.workers / 1000;
  }

  /**
   * Computes one analysis; its columns are moved to the thread.
   * @param priority asked when the work arrives and when a thread is free: it may rise in between
   * @throws the signal's reason as soon as the thread is free again after an abort
   * @throws ProblemError overloaded when too much waits already, invalid_analysis when the data need more memory than
   * there is, internal when the thread ended unexpectedly
   */
  async run(task: PoolTask, signal: AbortSignal, priority: () => Priority = () => 'interactive'): Promise<TaskOutcome> {
    signal.throwIfAborted();
    let begun = false;
    const work = async (): Promise<TaskOutcome> => {
      const control = controlOver();
      const place = this.#tasks.add({ control });
      try {
        const arrived = this.#options.clock.monotonic();
        await this.#places.take(priority, signal);
        begun = true;
        const waitedMs = this.#options.clock.monotonic() - arrived;
        const whole = { ...task, control: control.shared, memoryMb: this.#options.memoryMb };
        return await this.#serve(whole, control, signal, waitedMs);
      } finally {
        this.#tasks.delete(place);
      }
    };
    return this.#admission.run(
      priority(),
      work,
      () => begun,
      (cause) => this.#overloaded(cause),
    );
  }

  async #serve(task: AnalysisTask, control: Control, signal: AbortSignal, waitedMs: number): Promise<TaskOutcome> {
    const { clock } = this.#options;
    const began = clock.monotonic();
    try {
      const outcome = await this.#submit(task, control, signal);
      if (outcome.kind === 'stopped') signal.throwIfAborted();
      return outcome;
    } finally {
      const servedMs = clock.monotonic() - began;
      if (!signal.aborted) this.#observeService(servedMs);
      // Left during the work, but because of the wait: most of the caller's time had gone by before it.
      this.#places.release(signal.aborted && waitedMs > servedMs ? 'given_up' : 'served');
    }
  }

  #observeService(ms: number): void {
    this.#serviceMs = this.#serviceMs === undefined ? ms : this.#serviceMs + NEWEST * (ms - this.#serviceMs);
  }

  async #submit(task: AnalysisTask, control: Control, signal: AbortSignal): Promise<TaskOutcome> {
    const end = new AbortController();
    let ended: Promise<unknown> | undefined;
    let cancelGrace = (): void => undefined;
    const stop = (): void => {
      control.stop();
      const giveGrace = (): void => {
        const grace = this.#options.clock.timer(STOP_GRACE_MS, endThread);
        cancelGrace = () => grace.cancel();
      };
      const endThread = (): void => {
        // Not begun yet, it will see at once that it need not: another thread costs more than most analyses.
        if (control.thread === 0) {
          giveGrace();
          return;
        }
        ended = this.#exitOf(control.thread);
        end.abort();
      };
      giveGrace();
    };
    signal.addEventListener('abort', stop, { once: true });
    try {
      return (await this.#piscina.run(task, { signal: end.signal, transferList: buffersOf(task) as never })) as TaskOutcome;
    } catch (error) {
      await ended;
      signal.throwIfAborted();
      throw this.#asProblem(error, task);
    } finally {
      signal.removeEventListener('abort', stop);
      cancelGrace();
    }
  }

  /** Resolves when the thread is gone. */
  #exitOf(thread: number): Promise<unknown> | undefined {
    const worker = this.#piscina.threads.find(({ threadId }) => threadId === thread);
    return worker && once(worker, 'exit');
  }

  #overloaded(cause: OverloadedError): ProblemError {
    const { workers } = this.#options;
    const retryAfterS = Math.min(MAX_RETRY_AFTER_S, Math.max(1, this.estimatedWaitS));
    return new ProblemError('overloaded', `${this.#places.waiting} analyses are waiting for ${workers} threads already`, {
      layer: 'admission',
      retryAfterS,
      cause,
    });
  }

  #asProblem(error: unknown, task: AnalysisTask): ProblemError {
    const cause = error instanceof Error ? error : new Error(String(error));
    this.#options.onCrash(cause);
    // The same data would need as much again: no fault of the engine, and nothing to be tried again.
    if (ranOutOfMemory(cause)) return this.#tooLarge(task, cause);
    const detail = 'The worker that computed the analysis failed unexpectedly. The trace id finds the error in the logs.';
    return new ProblemError('internal', detail, { cause });
  }

  #tooLarge({ dataset, columns }: AnalysisTask, cause: Error): ProblemError {
    const size = `${dataset.rows} rows by ${columns.length} columns`;
    const message = `the analysis of ${size} needed more than the ${this.#options.memoryMb} MB that a worker may use (WORKER_MEMORY_MB)`;
    const accepted = 'fewer columns, text columns with fewer levels, or fewer rows';
    return new ProblemError('invalid_analysis', message, {
      cause,
      errors: [{ field: '/mapping', message, received: size, accepted }],
    });
  }

  async close(): Promise<void> {
    await this.#piscina.destroy();
  }
}

/** The heap of the thread is full, or the system has no memory left for a typed array. */
const ranOutOfMemory = (error: Error): boolean =>
  (error as { code?: unknown }).code === 'ERR_WORKER_OUT_OF_MEMORY' ||
  (error instanceof RangeError && error.message.startsWith('Array buffer allocation failed'));

const buffersOf = ({ columns }: AnalysisTask): ArrayBuffer[] => [
  ...new Set(columns.map((column) => ('values' in column ? column.values : column.codes).buffer as ArrayBuffer)),
];
