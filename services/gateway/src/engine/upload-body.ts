import { type Readable, Transform } from 'node:stream';
import { ProblemError } from '@penstock/contracts';

/** Passes an upload on while counting it, so that one without Content-Length cannot exceed the limit either. */
export function limitedBody(source: Readable, maxBytes: number): Readable {
  let bytes = 0;
  const counted = new Transform({
    transform(chunk: Buffer, _encoding, done) {
      bytes += chunk.length;
      if (bytes > maxBytes) done(tooLarge(maxBytes));
      else done(null, chunk);
    },
  });
  source.once('error', (error) => counted.destroy(error));
  return source.pipe(counted);
}

export function assertLength(contentLength: string | undefined, maxBytes: number): void {
  if (contentLength !== undefined && Number(contentLength) > maxBytes) throw tooLarge(maxBytes);
}

const tooLarge = (maxBytes: number): ProblemError =>
  new ProblemError('payload_too_large', `An upload may have ${maxBytes} bytes`);
