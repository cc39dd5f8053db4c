import { createReadStream } from 'node:fs';
import { ProblemError } from '@penstock/contracts';
import { unreadable } from '../upload/unreadable.ts';

const PIECE_BYTES = 1 << 18;

/**
 * The file as text in pieces of about 256 KiB, a byte order mark left out.
 *
 * @throws ProblemError dataset_unreadable where it is not UTF-8, with the line
 */
export async function* textPieces(path: string, signal?: AbortSignal): AsyncGenerator<string> {
  const decoder = new TextDecoder('utf-8', { fatal: true });
  let lines = 1;
  for await (const bytes of createReadStream(path, { highWaterMark: PIECE_BYTES })) {
    signal?.throwIfAborted();
    const piece = decode(decoder, bytes as Buffer, lines);
    yield piece;
    lines += countNewlines(piece);
  }
  yield decode(decoder, undefined, lines);
}

function decode(decoder: TextDecoder, bytes: Buffer | undefined, lines: number): string {
  try {
    return bytes === undefined ? decoder.decode() : decoder.decode(bytes, { stream: true });
  } catch (error) {
    if (error instanceof ProblemError || bytes === undefined) {
      throw unreadable(`Line ${lines}: the text ends in the middle of a UTF-8 character`, error);
    }
    throw unreadable(`Line ${lines + newlinesBeforeDamage(bytes)}: a byte that is not UTF-8; save the file as UTF-8`, error);
  }
}

function newlinesBeforeDamage(bytes: Buffer): number {
  const text = bytes.toString('utf8');
  // A character cut by the border of the piece shows as damage at its very beginning, too.
  const damage = text.indexOf('\ufffd', 3);
  return countNewlines(damage < 0 ? '' : text.slice(0, damage));
}

const countNewlines = (text: string): number => text.match(/\n/g)?.length ?? 0;
