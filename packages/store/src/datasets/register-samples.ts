import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { StoreLogger } from '../logger.ts';
import type { Sql } from '../sql/sql.ts';
import type { DatasetFiles } from './dataset-files.ts';
import { deleteRow, listRows } from './dataset-rows.ts';
import { samples } from './samples/index.ts';
import { writeSample } from './samples/write-sample.ts';
import type { SqlDatasetStore } from './sql-dataset-store.ts';

/** Registers each sample under its name, unless it is there already with the same content. */
export async function registerSamples(
  store: SqlDatasetStore,
  { sql, files, logger }: { readonly sql: Sql; readonly files: DatasetFiles; readonly logger?: StoreLogger },
): Promise<void> {
  const known = new Map((await listRows(sql)).map(({ id, sha256 }) => [id, sha256]));
  const workFolder = await files.workFolder();
  try {
    for (const sample of samples()) {
      const path = join(workFolder, sample.id);
      const written = await writeSample(sample, path);
      const before = known.get(sample.id);
      if (before === written.sha256) continue;
      // A newer program brings a newer sample: analyses of the old one keep their bytes.
      if (before !== undefined) await deleteRow(sql, sample.id);
      await store.add(sample.id, sample.id, true, written, path);
      logger?.info({ dataset: sample.id }, 'Sample data set registered');
    }
  } finally {
    await rm(workFolder, { recursive: true, force: true });
  }
}
