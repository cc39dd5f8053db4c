import { createHash, type Hash } from 'node:crypto';
import { type FileHandle, open } from 'node:fs/promises';

/**
 * The stored form of a data set: one file, one section after the other, a footer that says where each is.
 *
 *     "PSTKCOL1"
 *     for each column   number, boolean:  rows × float64, little endian, NaN: missing
 *                       text, timestamp:  JSON array of the levels, then rows × int32 codes, −1: missing
 *     footer            JSON: { rows, sha256, columns: [{ name, type, offset, levels?: { offset, bytes } }] }
 *     footer's length   uint32, then "PSTKCOL1" again
 *
 * Flat on purpose: loading a column is one read straight into its typed array, with nothing to decode.
 */
export const MAGIC = Buffer.from('PSTKCOL1');

export interface ColumnEntry {
  readonly name: string;
  readonly type: 'number' | 'boolean' | 'text' | 'timestamp';
  readonly offset: number;
  readonly levels?: { readonly offset: number; readonly bytes: number };
}

export interface Footer {
  readonly rows: number;
  /** Over the typed content in column order: names, types, values. Independent of the format it came in. */
  readonly sha256: string;
  readonly columns: readonly ColumnEntry[];
}

/** Writes sections in order; `finish` makes the file complete and durable. */
export interface ColumnFileWriter {
  /** Opens the next column. Its bytes follow by `values`, after `levels` where it has levels. */
  begin(name: string, type: ColumnEntry['type']): void;
  /** A piece of the JSON array of levels, as UTF-8 text. */
  levels(json: string): Promise<void>;
  /** A piece of the column's values. */
  values(piece: Float64Array | Int32Array): Promise<void>;
  finish(rows: number): Promise<{ footer: Footer; bytes: number; fileSha256: string }>;
  /** Closes without a footer; the file is then no column file. */
  abandon(): Promise<void>;
}

export async function createColumnFile(path: string): Promise<ColumnFileWriter> {
  const file = await open(path, 'wx');
  const out = sequentialWriter(file);
  const content = createHash('sha256');
  const columns: { -readonly [K in keyof ColumnEntry]: ColumnEntry[K] }[] = [];
  await out.write(MAGIC);

  return {
    begin(name, type) {
      columns.push({ name, type, offset: out.position() });
      content.update(`${JSON.stringify([name, type])}\n`);
    },
    async levels(json) {
      const column = columns.at(-1)!;
      const bytes = Buffer.from(json);
      column.levels = { offset: column.levels?.offset ?? column.offset, bytes: (column.levels?.bytes ?? 0) + bytes.length };
      column.offset = column.levels.offset + column.levels.bytes;
      content.update(bytes);
      await out.write(bytes);
    },
    async values(piece) {
      const bytes = Buffer.from(piece.buffer, piece.byteOffset, piece.byteLength);
      content.update(bytes);
      await out.write(bytes);
    },
    async finish(rows) {
      content.update(`\n${rows} rows`);
      const footer: Footer = { rows, sha256: content.digest('hex'), columns };
      const json = Buffer.from(JSON.stringify(footer));
      const length = Buffer.alloc(4);
      length.writeUInt32LE(json.length);
      await out.write(Buffer.concat([json, length, MAGIC]));
      await out.flush();
      await file.sync();
      await file.close();
      return { footer, bytes: out.position(), fileSha256: out.digest() };
    },
    abandon: () => file.close(),
  };
}

const FLUSH_AT = 1 << 20;

// Small pieces (5,000 short columns) are gathered: one system call per MiB instead of one per piece.
function sequentialWriter(file: FileHandle) {
  const hash: Hash = createHash('sha256');
  let pending: Buffer[] = [];
  let pendingBytes = 0;
  let position = 0;
  const flush = async (): Promise<void> => {
    const bytes = Buffer.concat(pending);
    pending = [];
    pendingBytes = 0;
    hash.update(bytes);
    let done = 0;
    while (done < bytes.length) done += (await file.write(bytes, done)).bytesWritten;
  };
  return {
    position: () => position,
    digest: () => hash.digest('hex'),
    flush,
    async write(bytes: Buffer): Promise<void> {
      // A copy: the caller may use its array again as soon as this resolves.
      pending.push(Buffer.from(bytes));
      pendingBytes += bytes.length;
      position += bytes.length;
      if (pendingBytes >= FLUSH_AT) await flush();
    },
  };
}
