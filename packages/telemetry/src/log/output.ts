import fs from 'node:fs';
import type { DestinationStream } from 'pino';
import { LineQueue } from './line-queue.ts';

/** What waits for a slow reader at most, in bytes: default of `LOG_BUFFER_BYTES`. */
const LOG_BUFFER_BYTES = 8 * 1024 * 1024;
/** How soon a full pipe is tried again, milliseconds. */
const BUSY_MS = 20;
/** How soon a broken output is tried again, milliseconds: a named pipe gets another reader, a full disk room. */
const BROKEN_MS = 1000;
/** How long the exit may wait for a slow reader, milliseconds. */
const EXIT_LIMIT_MS = 250;

export interface LogOutputOptions {
  /** Lines beyond so many bytes are dropped rather than kept in memory or waited for. Default 8 MiB. */
  readonly bufferBytes?: number | undefined;
  /** Told of every line that is lost, at once. */
  readonly onDropped?: ((lines: number) => void) | undefined;
  /** Told once the output takes lines again: how many were lost since it was told last. */
  readonly onBack?: ((lines: number) => void) | undefined;
}

/**
 * Writes log lines to a file descriptor without ever blocking: neither the service, when the reader is slow, nor its
 * exit, when the reader is gone. (pino's own destination retries every error of its flush at exit for ever.)
 */
export function logOutput(fd: number, options: LogOutputOptions = {}): DestinationStream {
  const queue = new LineQueue(options.bufferBytes ?? LOG_BUFFER_BYTES);
  let state: 'idle' | 'writing' | 'busy' | 'broken' = 'idle';
  /** Bytes of the write under way. */
  let underWay = 0;
  let untold = 0;

  const drop = (lines: number): void => {
    untold += lines;
    options.onDropped?.(lines);
  };
  const after = (ms: number, next: () => void): void => void setTimeout(next, ms).unref();
  const tellWhenBack = (): void => {
    if (untold === 0 || queue.bytes > queue.limit / 2) return;
    const lines = untold;
    untold = 0;
    options.onBack?.(lines);
  };

  const writeNext = (): void => {
    state = 'idle';
    if (queue.length === 0) return;
    const head = queue.head();
    state = 'writing';
    underWay = head.length;
    fs.write(fd, head, (error, written) => {
      underWay = 0;
      if (error === null) {
        queue.advance(written);
        tellWhenBack();
        writeNext();
      } else if (isBusy(error)) {
        state = 'busy';
        after(BUSY_MS, writeNext);
      } else {
        state = 'broken';
        drop(queue.clear());
        after(BROKEN_MS, writeNext);
      }
    });
  };

  process.once('exit', () => {
    // A write under way ends before the process does: Node waits for its threads.
    queue.advance(underWay);
    if (state !== 'broken') writeRest(fd, queue);
  });

  return {
    write(line) {
      if (state === 'broken' || !queue.push(line)) drop(1);
      else if (state === 'idle') writeNext();
    },
  };
}

function writeRest(fd: number, queue: LineQueue): void {
  const deadline = performance.now() + EXIT_LIMIT_MS;
  while (queue.length > 0 && performance.now() < deadline) {
    try {
      queue.advance(fs.writeSync(fd, queue.head()));
    } catch (error) {
      // Nobody reads any more: there is nobody to tell.
      if (!isBusy(error)) return;
    }
  }
}

const isBusy = (error: unknown): boolean => ['EAGAIN', 'EBUSY'].includes((error as NodeJS.ErrnoException | null)?.code ?? '');
