import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import type { Clock } from '@penstock/clock';
import { ProblemError } from '@penstock/contracts';
import { Piscina } from 'piscina';
import { type Control, controlOver } from './control.ts';
import type { AnalysisTask, Task, TaskOutcome } from './task.ts';

export interface PoolOptions {
  readonly workers: number;
  /** Tasks that may wait for a thread. */
  readonly queue: number;
  /** Megabytes of heap of one thread, and of the design of its analysis, which is outside that heap. */
  readonly memoryMb: number;
  readonly clock: Clock;
  /** Told when a thread ends that should not have. */
  readonly onCrash: (error: Error) => void;
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
/** Weight of the newest task in the mean duration that Retry-After is estimated from. */
const NEWEST = 0.2;
const MAX_RETRY_AFTER_S = 60;
const WORKER_FILE = fileURLToPath(new URL('./analysis-worker.ts', import.meta.url));

interface Running {
  readonly control: Control;
}

/** Threads that compute analyses, with a bounded queue before them. */
export class WorkerPool {
  readonly #piscina: Piscina;
  readonly #options: PoolOptions;
  readonly #tasks = new Set<Running>();
  #meanMs = 500;
  #warm = false;

  constructor(options: PoolOptions) {
    this.#options = options;
    this.#piscina = new Piscina({
      filename: options.filename ?? WORKER_FILE,
      minThreads: options.workers,
      maxThreads: options.workers,
      // Bounded here instead: Piscina does not count tasks that have a signal.
      maxQueue: Number.MAX_SAFE_INTEGER,
      resourceLimits: { maxOldGenerationSizeMb: options.memoryMb },
      stricterFIFO: true,
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
    for (const { control } of this.#tasks) if (control.thread !== 0) active++;
    return { active, queued: this.#tasks.size - active, workers: this.#options.workers };
  }

  /** Figures that running analyses have still to draw. */
  get figuresWaiting(): number {
    let waiting = 0;
    for (const { control } of this.#tasks) waiting += control.figuresWaiting;
    return waiting;
  }

  /**
   * Computes one analysis; its columns are moved to the thread.
   * @throws the signal's reason as soon as the thread is free again after an abort
   * @throws ProblemError overloaded when the queue is full, invalid_analysis when the data need more memory than there
   * is, internal when the thread ended unexpectedly
   */
  async run(task: PoolTask, signal: AbortSignal): Promise<TaskOutcome> {
    signal.throwIfAborted();
    this.#refuseWhenFull();
    const control = controlOver();
    const running = { control };
    this.#tasks.add(running);
    const began = this.#options.clock.monotonic();
    try {
      const outcome = await this.#submit({ ...task, control: control.shared, memoryMb: this.#options.memoryMb }, control, signal);
      if (outcome.kind === 'stopped') signal.throwIfAborted();
      return outcome;
    } finally {
      this.#tasks.delete(running);
      if (!signal.aborted) this.#meanMs += NEWEST * (this.#options.clock.monotonic() - began - this.#meanMs);
    }
  }

  async #submit(task: AnalysisTask, control: Control, signal: AbortSignal): Promise<TaskOutcome> {
    const end = new AbortController();
    let ended: Promise<unknown> | undefined;
    let cancelGrace = (): void => undefined;
    const stop = (): void => {
      control.stop();
      const endThread = (): void => {
        ended = this.#exitOf(control.thread);
        end.abort();
      };
      // What waits has no thread to end: it only leaves the queue.
      if (control.thread === 0) {
        endThread();
        return;
      }
      const grace = this.#options.clock.timer(STOP_GRACE_MS, endThread);
      cancelGrace = () => grace.cancel();
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

  #refuseWhenFull(): void {
    const { workers, queue } = this.#options;
    if (this.#tasks.size < workers + queue) return;
    const waitS = (this.#tasks.size * this.#meanMs) / workers / 1000;
    throw new ProblemError('overloaded', `${this.#tasks.size - workers} analyses are waiting for ${workers} threads already`, {
      layer: 'admission',
      retryAfterS: Math.min(MAX_RETRY_AFTER_S, Math.max(1, waitS)),
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
