import { Readable } from 'node:stream';
import type { Dataset } from '@penstock/contracts';
import { type DatasetStore, openDatasets, openSql, type Sql, type UploadHints } from '../../src/index.ts';
import { preparedDir } from './prepared-dir.ts';
import type { TempDir } from './temp-dir.ts';

export interface TestStore extends AsyncDisposable {
  readonly dir: string;
  readonly sql: Sql;
  readonly datasets: DatasetStore;
  upload(content: string | Buffer, hints?: Partial<UploadHints>): Promise<Dataset>;
}

/** Data sets in a temporary folder, on PGlite. */
export async function testStore(samples = false): Promise<TestStore> {
  const dir: TempDir = await preparedDir();
  const sql = await openSql({ dataDir: dir.path });
  const datasets = await openDatasets({ sql, dataDir: dir.path, samples });
  return {
    dir: dir.path,
    sql,
    datasets,
    upload: (content, hints = {}) =>
      datasets.create(pieces(Buffer.from(content as string)), { maxBytes: 64 * 2 ** 20, ...hints }),
    async [Symbol.asyncDispose]() {
      await datasets.close();
      await sql.close();
      await dir[Symbol.asyncDispose]();
    },
  };
}

/** The bytes as a stream, in pieces of a size that cuts records. */
export function pieces(bytes: Buffer, size = 1000): Readable {
  return Readable.from(
    (function* () {
      for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
    })(),
  );
}

/** `name:type` of each column, for short comparisons. */
export const types = ({ columns }: Dataset): string => columns.map(({ name, type }) => `${name}:${type}`).join(' ');
