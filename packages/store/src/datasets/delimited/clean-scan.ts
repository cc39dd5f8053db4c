import { isUtf8 } from 'node:buffer';
import { createReadStream } from 'node:fs';

const PIECE_BYTES = 1 << 18;
const [LF, CR, SPACE, TAB, QUOTE] = [10, 13, 32, 9, 34] as const;

/** Bytes; a longer line is read the slow way. */
export const LONGEST_CLEAN_LINE = 1 << 20;

/** Takes the fields of the lines after the header. */
export interface FieldSink {
  addBytes(column: number, bytes: Buffer, start: number, end: number): void;
  endRow(): void;
}

/** Whole lines, how their fields are divided, and who takes the fields; undefined for the header. */
interface Lines {
  readonly bytes: Buffer;
  readonly separator: number;
  readonly columns: number;
  readonly sink: FieldSink | undefined;
}

/**
 * Reads a file as it stands where that is enough: no quotes, no blanks around fields, no empty lines, line ends of one
 * kind, valid UTF-8, and the same number of fields in every line. Most files are so; where one is not, the slow way
 * finds out what and where.
 *
 * @returns the number of lines after the header; undefined where the file is not clean, after some of it went to `sink`
 */
export async function cleanRows(path: string, delimiter: string, columns: number, sink: FieldSink, signal?: AbortSignal) {
  const separator = delimiter.charCodeAt(0);
  let lines = 0;
  let returns = 0;
  let carried: Buffer = Buffer.alloc(0);
  const read = (bytes: Buffer): boolean => {
    const header = lines === 0 ? bytes.indexOf(LF) + 1 : 0;
    for (const part of [bytes.subarray(0, header), bytes.subarray(header)]) {
      const counted = readLines({ bytes: part, separator, columns, sink: lines === 0 ? undefined : sink });
      if (counted === undefined) return false;
      lines += counted.lines;
      returns += counted.returns;
    }
    return true;
  };
  for await (const bytes of createReadStream(path, { highWaterMark: PIECE_BYTES })) {
    signal?.throwIfAborted();
    const piece = carried.length === 0 ? (bytes as Buffer) : Buffer.concat([carried, bytes as Buffer]);
    const end = piece.lastIndexOf(LF) + 1;
    if (!read(piece.subarray(0, end)) || piece.length - end > LONGEST_CLEAN_LINE) return undefined;
    carried = Buffer.from(piece.subarray(end));
  }
  if (carried.length > 0) {
    const before = returns;
    // The last line may end with the file; it then ends as the others do.
    if (!read(Buffer.concat([carried, Buffer.of(LF)])) || returns > before) return undefined;
    if (returns > 0) returns += 1;
  }
  if (returns !== 0 && returns !== lines) return undefined;
  return lines - 1;
}

function readLines({ bytes, separator, columns, sink }: Lines): { lines: number; returns: number } | undefined {
  if (!isUtf8(bytes) || bytes.includes(QUOTE)) return undefined;
  const highest = Math.max(separator, CR);
  let lines = 0;
  let returns = 0;
  let column = 0;
  let start = 0;
  for (let at = 0; at < bytes.length; at++) {
    const byte = bytes[at] as number;
    if (byte > highest) continue;
    if (byte === CR && bytes[at + 1] !== LF) return undefined;
    if (byte !== separator && byte !== LF) continue;
    let end = at;
    if (byte === LF && at > start && bytes[at - 1] === CR) {
      end--;
      returns++;
    }
    if (end === start) {
      // A line with nothing on it.
      if (byte === LF && column === 0) return undefined;
    } else if (isBlank(bytes[start] as number, separator) || isBlank(bytes[end - 1] as number, separator)) return undefined;
    if (byte === LF ? column !== columns - 1 : column >= columns - 1) return undefined;
    sink?.addBytes(column, bytes, start, end);
    start = at + 1;
    column++;
    if (byte === LF) {
      sink?.endRow();
      lines++;
      column = 0;
    }
  }
  return { lines, returns };
}

const isBlank = (byte: number, separator: number): boolean => byte === SPACE || (byte === TAB && separator !== TAB);
