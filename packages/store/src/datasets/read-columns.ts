import { type FileHandle, open } from 'node:fs/promises';
import { type ColumnEntry, type Footer, MAGIC } from './column-file.ts';
import type { LoadedColumn, LoadedColumns } from './loaded-columns.ts';

/**
 * Reads the named columns of a column file, and no others.
 *
 * @throws RangeError for a column that is not there
 * @throws Error when the file is damaged or cut
 */
export async function readColumns(path: string, names: readonly string[]): Promise<LoadedColumns> {
  const file = await open(path, 'r');
  try {
    const footer = await readFooter(file, path);
    const byName = new Map(footer.columns.map((column) => [column.name, column]));
    const columns: LoadedColumn[] = [];
    for (const name of names) {
      const entry = byName.get(name);
      if (entry === undefined) throw new RangeError(`the data set has no column ${JSON.stringify(name)}`);
      columns.push(await readColumn(file, entry, footer.rows));
    }
    return { rows: footer.rows, columns };
  } finally {
    await file.close();
  }
}

async function readColumn(file: FileHandle, { name, type, offset, levels }: ColumnEntry, rows: number): Promise<LoadedColumn> {
  if (type === 'number' || type === 'boolean') {
    const values = new Float64Array(rows);
    await fill(file, values, offset);
    return { name, type, values };
  }
  const json = Buffer.allocUnsafe(levels?.bytes ?? 0);
  await fill(file, json, levels?.offset ?? 0);
  const codes = new Int32Array(rows);
  await fill(file, codes, offset);
  return { name, type, levels: JSON.parse(json.toString('utf8')) as string[], codes };
}

async function readFooter(file: FileHandle, path: string): Promise<Footer> {
  const { size } = await file.stat();
  const tail = Buffer.alloc(4 + MAGIC.length);
  if (size < tail.length) throw damaged(path);
  await fill(file, tail, size - tail.length);
  const length = tail.readUInt32LE(0);
  if (!tail.subarray(4).equals(MAGIC) || length > size) throw damaged(path);
  const json = Buffer.alloc(length);
  await fill(file, json, size - tail.length - length);
  return JSON.parse(json.toString('utf8')) as Footer;
}

async function fill(file: FileHandle, into: ArrayBufferView, position: number): Promise<void> {
  const bytes = new Uint8Array(into.buffer, into.byteOffset, into.byteLength);
  let done = 0;
  while (done < bytes.length) {
    // One read returns at most 2 GiB.
    const length = Math.min(bytes.length - done, 2 ** 30);
    const { bytesRead } = await file.read(bytes, done, length, position + done);
    if (bytesRead === 0) throw new Error('a column file ends before its columns do');
    done += bytesRead;
  }
}

const damaged = (path: string): Error => new Error(`${path} is not a complete column file`);
