import { parentPort, workerData } from 'node:worker_threads';
import { PGlite, types } from '@electric-sql/pglite';

export type PgliteRequest =
  | { readonly id: number; readonly op: 'open' }
  | { readonly id: number; readonly op: 'close' }
  | { readonly id: number; readonly op: 'query'; readonly text: string; readonly params: readonly unknown[] };
export type PgliteReply =
  | { readonly id: number; readonly ok: true; readonly rows: unknown[] }
  | { readonly id: number; readonly ok: false; readonly message: string; readonly code?: string };

const { folder } = workerData as { folder: string };
let database: PGlite | undefined;

async function serve(request: PgliteRequest): Promise<unknown[]> {
  if (request.op === 'open') {
    database = await PGlite.create(folder, {
      // Relaxed, it would answer before the write has reached the file.
      relaxedDurability: false,
      parsers: { [types.INT8]: toSafeInteger, [types.BYTEA]: fromHex },
      // Its own goes byte by byte: a second for 3 MB.
      serializers: { [types.BYTEA]: toHex },
    });
    return [];
  }
  if (database === undefined) throw new Error('the embedded database is not open');
  if (request.op === 'close') {
    await database.close();
    database = undefined;
    return [];
  }
  return (await database.query(request.text, [...request.params])).rows;
}

const fromHex = (text: string): Buffer => Buffer.from(text.slice(2), 'hex');

const toHex = (bytes: Uint8Array): string =>
  `\\x${Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('hex')}`;

function toSafeInteger(text: string): number {
  const value = Number(text);
  if (!Number.isSafeInteger(value)) throw new RangeError(`bigint ${text} does not fit a number exactly`);
  return value;
}

parentPort?.on('message', (request: PgliteRequest) => {
  serve(request).then(
    (rows) => reply({ id: request.id, ok: true, rows }),
    (error: Error & { code?: string }) => {
      reply({ id: request.id, ok: false, message: error.message, ...(error.code !== undefined && { code: error.code }) });
    },
  );
});

const reply = (message: PgliteReply): void => parentPort?.postMessage(message);
