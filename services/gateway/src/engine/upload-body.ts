import { type Readable, Transform } from 'node:stream';
import type { Clock } from '@penstock/clock';
import { ProblemError } from '@penstock/contracts';

export interface UploadLimits {
  readonly maxBytes: number;
  /** Longest silence of the sender, ms. */
  readonly idleMs: number;
  /** When the whole upload must have arrived, ms from now. */
  readonly arrivalMs: number;
}

/**
 * Passes an upload on while watching its sender: too many bytes, too long a silence or too slow an arrival end it with
 * a problem that is the sender's, so that none of them counts against the engine.
 */
export function watchedBody(source: Readable, limits: UploadLimits, clock: Clock): Readable {
  const { maxBytes, idleMs, arrivalMs } = limits;
  let bytes = 0;
  const watched = new Transform({
    transform(chunk: Buffer, _encoding, done) {
      bytes += chunk.length;
      idle.cancel();
      idle = clock.timer(idleMs, () => watched.destroy(tooSlow(`No byte of the upload came for ${idleMs / 1000} s`)));
      if (bytes > maxBytes) done(tooLarge(maxBytes));
      else done(null, chunk);
    },
  });
  const arrival = clock.timer(arrivalMs, () =>
    watched.destroy(tooSlow(`The upload did not arrive within ${arrivalMs / 1000} s`)),
  );
  let idle = clock.timer(idleMs, () => watched.destroy(tooSlow(`No byte of the upload came for ${idleMs / 1000} s`)));
  const stopWatching = (): void => {
    arrival.cancel();
    idle.cancel();
  };
  source.once('end', stopWatching);
  watched.once('close', stopWatching);
  // It may fail before an attempt reads it, which looks whether it has.
  watched.on('error', stopWatching);
  source.once('error', (error) => watched.destroy(error));
  return source.pipe(watched);
}

export function assertLength(contentLength: string | undefined, maxBytes: number): void {
  if (contentLength !== undefined && Number(contentLength) > maxBytes) throw tooLarge(maxBytes);
}

const tooLarge = (maxBytes: number): ProblemError =>
  new ProblemError('payload_too_large', `An upload may have ${maxBytes} bytes`);
const tooSlow = (detail: string): ProblemError => new ProblemError('request_timeout', detail);
