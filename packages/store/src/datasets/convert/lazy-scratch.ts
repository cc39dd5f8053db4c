import type { Scratch, ScratchOptions } from './duckdb.ts';

/** A scratch database that is loaded and opened once it is needed; most uploads never need it. */
export class LazyScratch {
  readonly #options: ScratchOptions;
  #opened: Promise<Scratch> | undefined;

  constructor(options: ScratchOptions) {
    this.#options = options;
  }

  open(): Promise<Scratch> {
    this.#opened ??= import('./duckdb.ts').then(({ openScratch }) => openScratch(this.#options));
    return this.#opened;
  }

  async close(): Promise<void> {
    const opened = this.#opened;
    this.#opened = undefined;
    // Where opening it failed, whoever asked for it was told.
    const [outcome] = await Promise.allSettled([opened]);
    if (outcome.status === 'fulfilled') outcome.value?.close();
  }
}
