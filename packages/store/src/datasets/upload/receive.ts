import { createWriteStream } from 'node:fs';
import { type Readable, Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGunzip } from 'node:zlib';
import { ProblemError } from '@penstock/contracts';
import { unreadable } from './unreadable.ts';

const GZIP = Buffer.from([0x1f, 0x8b]);

/**
 * Writes an upload to a new file, decompressed if it is gzipped. Bytes are counted on both sides of the decompression,
 * as they come: neither a large upload nor a small one that unpacks to a large one gets further than the limit.
 *
 * @throws ProblemError payload_too_large, dataset_unreadable (empty, damaged gzip)
 */
export async function receive(source: Readable, path: string, maxBytes: number, signal?: AbortSignal): Promise<void> {
  const { head, rest } = await beginning(source, GZIP.length, signal);
  if (head.length === 0) throw unreadable('The upload is empty (0 bytes)');
  const gzipped = head.subarray(0, 2).equals(GZIP);
  const file = createWriteStream(path, { flags: 'wx' });
  const options = signal === undefined ? {} : { signal };
  try {
    if (gzipped) {
      await pipeline(
        rest,
        limit(maxBytes, 'The upload'),
        createGunzip(),
        limit(maxBytes, 'The decompressed upload'),
        file,
        options,
      );
    } else {
      await pipeline(rest, limit(maxBytes, 'The upload'), file, options);
    }
  } catch (error) {
    if (signal?.aborted) throw signal.reason;
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'Z_DATA_ERROR' || code === 'Z_BUF_ERROR') {
      throw unreadable(`The upload begins as gzip and is damaged or cut short (${(error as Error).message})`, error);
    }
    throw error;
  }
}

async function beginning(source: Readable, bytes: number, signal?: AbortSignal) {
  signal?.throwIfAborted();
  const iterator = source[Symbol.asyncIterator]() as AsyncIterator<Buffer>;
  let head: Buffer = Buffer.alloc(0);
  while (head.length < bytes) {
    const next = await iterator.next();
    if (next.done) break;
    head = Buffer.concat([head, Buffer.from(next.value)]);
  }
  async function* rest(): AsyncGenerator<Buffer> {
    yield head;
    yield* { [Symbol.asyncIterator]: () => iterator };
  }
  return { head, rest };
}

function limit(maxBytes: number, what: string): Transform {
  let bytes = 0;
  return new Transform({
    transform(chunk: Buffer, _encoding, done) {
      bytes += chunk.length;
      if (bytes > maxBytes) done(new ProblemError('payload_too_large', `${what} has more than ${maxBytes} bytes.`));
      else done(null, chunk);
    },
  });
}
