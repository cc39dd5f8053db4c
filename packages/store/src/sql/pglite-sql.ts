import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import { TransientMap } from '@penstock/collections';
import type { PgliteReply, PgliteRequest } from './pglite-worker.ts';
import { transactionSql } from './postgres-sql.ts';
import { type Sql, SqlUnavailable } from './sql.ts';

type Ask = PgliteRequest extends infer R ? (R extends { id: number } ? Omit<R, 'id'> : never) : never;

/**
 * PGlite in `<dataDir>/pg`, in a thread of its own: its statements run to their end without yielding.
 * It is one connection, so statements and transactions take turns.
 */
export async function openPglite(dataDir: string): Promise<Sql> {
  const folder = join(dataDir, 'pg');
  await mkdir(folder, { recursive: true });
  const worker = new Worker(new URL('./pglite-worker.ts', import.meta.url), { workerData: { folder } });
  const ask = talkTo(worker);
  try {
    await ask({ op: 'open' });
  } catch (error) {
    await worker.terminate();
    throw error;
  }

  const run = <Row>(text: string, params: readonly unknown[] = []): Promise<Row[]> =>
    ask({ op: 'query', text, params }) as Promise<Row[]>;
  const inTurn = turns();
  let closing: Promise<void> | undefined;
  const close = async (): Promise<void> => {
    await ask({ op: 'close' });
    await worker.terminate();
  };
  return {
    kind: 'pglite',
    query: (text, params) => inTurn(() => run(text, params)),
    transaction: (work) =>
      inTurn(async () => {
        await run('BEGIN');
        try {
          const result = await work(transactionSql('pglite', run));
          await run('COMMIT');
          return result;
        } catch (error) {
          await run('ROLLBACK');
          throw error;
        }
      }),
    ping: async () => void (await inTurn(() => run('SELECT 1'))),
    close: () => {
      closing ??= inTurn(close);
      return closing;
    },
  };
}

/** Runs one piece of work after the other, in the order asked. */
function turns(): <T>(work: () => Promise<T>) => Promise<T> {
  let last: Promise<unknown> = Promise.resolve();
  return (work) => {
    const mine = last.then(work);
    last = mine.catch(() => undefined);
    return mine;
  };
}

function talkTo(worker: Worker): (request: Ask) => Promise<unknown> {
  const waiting = new TransientMap<number, { resolve: (rows: unknown) => void; reject: (error: Error) => void }>();
  let nextId = 0;
  let gone: Error | undefined;
  const fail = (error: Error): void => {
    gone ??= new SqlUnavailable(`the embedded database has stopped: ${error.message}`, { cause: error });
    for (const { reject } of waiting.values()) reject(gone);
    waiting.clear();
    worker.unref();
  };
  worker.on('error', fail);
  worker.on('exit', (code) => fail(new Error(`its thread ended with code ${code}`)));
  worker.on('message', (reply: PgliteReply) => {
    const asked = waiting.get(reply.id);
    waiting.delete(reply.id);
    // An idle database keeps no process alive; a statement under way does.
    if (waiting.size === 0) worker.unref();
    if (reply.ok) asked?.resolve(reply.rows);
    else asked?.reject(Object.assign(new Error(reply.message), reply.code !== undefined && { code: reply.code }));
  });
  worker.unref();
  return (request) =>
    new Promise((resolve, reject) => {
      if (gone !== undefined) {
        reject(gone);
        return;
      }
      const id = nextId++;
      waiting.set(id, { resolve, reject });
      worker.ref();
      worker.postMessage({ ...request, id });
    }).then(withBuffers);
}

// Structured clone turns a Buffer into a plain Uint8Array.
function withBuffers(rows: unknown): unknown {
  if (!Array.isArray(rows)) return rows;
  for (const row of rows as Record<string, unknown>[]) {
    for (const [key, value] of Object.entries(row)) {
      if (value instanceof Uint8Array) row[key] = Buffer.from(value.buffer, value.byteOffset, value.byteLength);
    }
  }
  return rows;
}
