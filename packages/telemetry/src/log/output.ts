import fs from 'node:fs';
import type { DestinationStream } from 'pino';

/** What waits for a slow reader at most, in bytes; lines beyond are dropped rather than kept in memory or waited for. */
const MAX_WAITING_BYTES = 8 * 1024 * 1024;
/** How soon a full pipe is tried again, milliseconds. */
const RETRY_MS = 20;
/** How long the exit may wait for a slow reader, milliseconds. */
const EXIT_LIMIT_MS = 250;

/**
 * Writes log lines to a file descriptor without ever blocking: neither the service, when the reader is slow, nor its
 * exit, when the reader is gone. (pino's own destination retries every error of its flush at exit for ever.)
 */
export function logOutput(fd: number): DestinationStream {
  let waiting: Buffer[] = [];
  let waitingBytes = 0;
  /** Refused by a full pipe, to be tried again. */
  let refused: Buffer | undefined;
  let writing = false;
  let readerGone = false;

  const take = (): Buffer => {
    const taken = Buffer.concat(refused === undefined ? waiting : [refused, ...waiting]);
    waiting = [];
    waitingBytes = 0;
    refused = undefined;
    return taken;
  };
  const writeNext = (): void => {
    if (writing || (refused === undefined && waiting.length === 0)) return;
    const batch = take();
    writing = true;
    fs.write(fd, batch, (error, written) => {
      writing = false;
      if (error !== null && !isBusy(error)) {
        readerGone = true;
        return;
      }
      const done = error === null ? written : 0;
      if (done < batch.length) refused = batch.subarray(done);
      if (error === null) writeNext();
      else setTimeout(writeNext, RETRY_MS).unref();
    });
  };

  // A write under way ends before the process does: Node waits for its threads.
  process.once('exit', () => {
    if (!readerGone) writeRest(fd, take());
  });

  return {
    write(line) {
      if (readerGone || waitingBytes > MAX_WAITING_BYTES) return;
      const bytes = Buffer.from(line);
      waiting.push(bytes);
      waitingBytes += bytes.length;
      if (refused === undefined) writeNext();
    },
  };
}

function writeRest(fd: number, rest: Buffer): void {
  const deadline = performance.now() + EXIT_LIMIT_MS;
  let from = 0;
  while (from < rest.length && performance.now() < deadline) {
    try {
      from += fs.writeSync(fd, rest, from);
    } catch (error) {
      // Nobody reads any more: there is nobody to tell.
      if (!isBusy(error)) return;
    }
  }
}

const isBusy = (error: unknown): boolean => ['EAGAIN', 'EBUSY'].includes((error as NodeJS.ErrnoException | null)?.code ?? '');
