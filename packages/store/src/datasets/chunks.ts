import { createHash } from 'node:crypto';
import { open } from 'node:fs/promises';
import type { Sql } from '../sql/sql.ts';

const CHUNK_BYTES = 1024 * 1024;

/** Puts a file into the database, a MiB at a time. */
export async function storeChunks(sql: Sql, id: string, path: string, signal?: AbortSignal): Promise<void> {
  const file = await open(path, 'r');
  try {
    for (let seq = 0; ; seq++) {
      signal?.throwIfAborted();
      const buffer = Buffer.allocUnsafe(CHUNK_BYTES);
      const { bytesRead } = await file.read(buffer, 0, CHUNK_BYTES, seq * CHUNK_BYTES);
      if (bytesRead === 0) return;
      const bytes = buffer.subarray(0, bytesRead);
      await sql.query('INSERT INTO dataset_chunks (dataset_id, seq, bytes) VALUES ($1, $2, $3)', [id, seq, bytes]);
    }
  } finally {
    await file.close();
  }
}

/** Makes the file again from the database, at a path where nothing is yet. @returns its SHA-256 */
export async function fetchChunks(sql: Sql, id: string, path: string): Promise<string> {
  const hash = createHash('sha256');
  const file = await open(path, 'wx');
  try {
    for (let seq = 0; ; seq++) {
      const [chunk] = await sql.query<{ bytes: Buffer }>('SELECT bytes FROM dataset_chunks WHERE dataset_id = $1 AND seq = $2', [
        id,
        seq,
      ]);
      if (chunk === undefined) break;
      hash.update(chunk.bytes);
      await file.writeFile(chunk.bytes);
    }
  } finally {
    await file.close();
  }
  return hash.digest('hex');
}
