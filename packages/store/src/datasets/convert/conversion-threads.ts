import { Worker } from 'node:worker_threads';
import { type ConversionReply, type ConversionRequest, fromFailure } from './conversion-message.ts';
import type { Conversion } from './convert.ts';
import type { Converted } from './converted.ts';
import { tooMuchMemory } from './too-much-memory.ts';

/** Threads kept for the next uploads; to start one takes a few hundred milliseconds. */
const KEPT = 2;
/** One that holds more behind a large upload is ended instead: waiting, it would not collect its garbage. */
const KEPT_BYTES = 64 * 2 ** 20;
/** Megabytes of heap that a thread needs for its program and the pieces it reads, whatever the upload. */
const OWN_HEAP_MB = 128;
const FILE = new URL('./conversion-worker.ts', import.meta.url);

/** Runs each conversion in a thread of its own; how many at once is up to the caller. */
export class ConversionThreads {
  readonly #file: URL;
  readonly #kept: Worker[] = [];
  #closed = false;

  /** @param file module that the threads run; tests give another */
  constructor(file = FILE) {
    this.#file = file;
  }

  /**
   * Aborted, it rejects once the thread has let go of the upload's files. A thread is never ended in the middle of its
   * work, as that would take the process along: the database's code cannot be stopped from outside.
   *
   * @throws ProblemError as `convert` does
   * @throws the signal's reason when it aborts
   */
  async convert(conversion: Conversion, signal?: AbortSignal): Promise<Converted> {
    signal?.throwIfAborted();
    const worker = this.#kept.pop() ?? this.#start(conversion.memoryBytes);
    worker.ref();
    const abort = (): void => post(worker, { op: 'abort' });
    signal?.addEventListener('abort', abort);
    try {
      const reply = await answer(worker, conversion);
      await this.#keep(worker, reply.heldBytes);
      signal?.throwIfAborted();
      if (reply.ok) return reply.converted;
      throw fromFailure(reply.failure);
    } finally {
      signal?.removeEventListener('abort', abort);
    }
  }

  /** Ends the threads; to be called when no conversion runs. */
  async close(): Promise<void> {
    this.#closed = true;
    await Promise.all(this.#kept.splice(0).map((worker) => worker.terminate()));
  }

  #start(memoryBytes: number): Worker {
    const maxOldGenerationSizeMb = OWN_HEAP_MB + Math.ceil(memoryBytes / 2 ** 20);
    const worker = new Worker(this.#file, { resourceLimits: { maxOldGenerationSizeMb } });
    // A thread that fails while it waits is no longer there for the next upload; at work, `answer` reports it.
    const forget = (): void => {
      const at = this.#kept.indexOf(worker);
      if (at >= 0) this.#kept.splice(at, 1);
    };
    worker.on('error', forget);
    worker.on('exit', forget);
    return worker;
  }

  async #keep(worker: Worker, heldBytes: number): Promise<void> {
    if (this.#closed || this.#kept.length >= KEPT || heldBytes > KEPT_BYTES) {
      await worker.terminate();
      return;
    }
    // Without work, it keeps no process alive.
    worker.unref();
    this.#kept.push(worker);
  }
}

const post = (worker: Worker, request: ConversionRequest): void => worker.postMessage(request);

/** @throws where the thread ends without an answer; it is then gone */
function answer(worker: Worker, conversion: Conversion): Promise<ConversionReply> {
  return new Promise<ConversionReply>((resolve, reject) => {
    const done = (): void => {
      worker.off('message', onMessage).off('error', onError).off('exit', onExit);
    };
    const onMessage = (reply: ConversionReply): void => {
      done();
      resolve(reply);
    };
    const onError = (error: Error & { code?: string }): void => {
      done();
      reject(error.code === 'ERR_WORKER_OUT_OF_MEMORY' ? tooMuchMemory(conversion.memoryBytes, error) : error);
    };
    const onExit = (code: number): void => onError(new Error(`the conversion thread ended with code ${code}`));
    worker.on('message', onMessage).on('error', onError).on('exit', onExit);
    post(worker, { op: 'convert', conversion });
  });
}
