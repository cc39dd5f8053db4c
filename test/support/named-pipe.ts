import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';

const CHUNK_BYTES = 64 * 1024;

/** A real pipe whose reader reads when it is told to, stops, leaves and comes back. */
export class NamedPipe {
  readonly #dir = fs.mkdtempSync(path.join(tmpdir(), 'penstock-pipe-'));
  readonly #path = path.join(this.#dir, 'pipe');
  readonly #chunk = Buffer.alloc(CHUNK_BYTES);
  #reader: number | undefined;
  #timer: NodeJS.Timeout | undefined;
  #text = '';

  constructor() {
    execFileSync('mkfifo', [this.#path]);
    this.openReader();
  }

  /** What was read so far. */
  get text(): string {
    return this.#text;
  }

  get lines(): readonly string[] {
    return this.#text.split('\n').slice(0, -1);
  }

  /** A descriptor to write to; whoever takes it closes it. Blocking, as a shell makes it. */
  openWriter(): number {
    return fs.openSync(this.#path, fs.constants.O_WRONLY);
  }

  openReader(): void {
    this.#reader ??= fs.openSync(this.#path, fs.constants.O_RDONLY | fs.constants.O_NONBLOCK);
  }

  /** The reader leaves: from now on writers get EPIPE. */
  closeReader(): void {
    this.stopReading();
    if (this.#reader !== undefined) fs.closeSync(this.#reader);
    this.#reader = undefined;
  }

  startReading(): void {
    this.#timer ??= setInterval(() => this.readWhatIsThere(), 5);
  }

  stopReading(): void {
    clearInterval(this.#timer);
    this.#timer = undefined;
  }

  readWhatIsThere(): void {
    if (this.#reader === undefined) return;
    try {
      let read = CHUNK_BYTES;
      while (read === CHUNK_BYTES) {
        read = fs.readSync(this.#reader, this.#chunk);
        this.#text += this.#chunk.toString('utf8', 0, read);
      }
    } catch (error) {
      // Empty, with a writer at the other end.
      if ((error as NodeJS.ErrnoException).code !== 'EAGAIN') throw error;
    }
  }

  remove(): void {
    this.closeReader();
    fs.rmSync(this.#dir, { recursive: true, force: true });
  }
}
