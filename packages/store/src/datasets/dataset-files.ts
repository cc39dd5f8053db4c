import { randomUUID } from 'node:crypto';
import { mkdir, mkdtemp, open, readdir, rename, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { type Dataset, ProblemError } from '@penstock/contracts';
import type { Sql } from '../sql/sql.ts';
import { fetchChunks } from './chunks.ts';
import { type DatasetRow, getRow } from './dataset-rows.ts';

const SUFFIX = '.columns';

/** The column files under `<dataDir>/datasets`, and a work folder for each upload under `<dataDir>/uploads`. */
export class DatasetFiles {
  readonly #sql: Sql;
  readonly #datasets: string;
  readonly #uploads: string;
  readonly #fetching = new Map<string, Promise<void>>();

  constructor(sql: Sql, dataDir: string) {
    this.#sql = sql;
    this.#datasets = join(dataDir, 'datasets');
    this.#uploads = join(dataDir, 'uploads');
  }

  /** Makes the folders, and removes what an earlier process left half done. @param known ids that exist */
  async prepare(known: ReadonlySet<string>): Promise<void> {
    await rm(this.#uploads, { recursive: true, force: true });
    await mkdir(this.#uploads, { recursive: true });
    await mkdir(this.#datasets, { recursive: true });
    for (const name of await readdir(this.#datasets)) {
      if (!name.endsWith(SUFFIX) || !known.has(name.slice(0, -SUFFIX.length))) await rm(join(this.#datasets, name));
    }
  }

  /** A folder of its own for one upload; whoever asked for it removes it. */
  workFolder(): Promise<string> {
    return mkdtemp(join(this.#uploads, 'upload-'));
  }

  path(id: string): string {
    return join(this.#datasets, `${id}${SUFFIX}`);
  }

  /** Gives a finished file its place, durably. */
  async adopt(id: string, from: string): Promise<void> {
    await rename(from, this.path(id));
    const folder = await open(this.#datasets, 'r');
    try {
      await folder.sync();
    } finally {
      await folder.close();
    }
  }

  async remove(id: string): Promise<void> {
    await rm(this.path(id), { force: true });
  }

  /**
   * The path of the data set's file; fetched from the database where another engine took the upload.
   * @throws ProblemError dataset_not_found where neither has it
   */
  async local({ id, bytes }: Pick<Dataset, 'id' | 'bytes'>): Promise<string> {
    const path = this.path(id);
    if (await hasSize(path, bytes)) return path;
    const row = await getRow(this.#sql, id);
    if (row === undefined) throw new ProblemError('dataset_not_found', `There is no data set ${JSON.stringify(id)}.`);
    if (this.#sql.kind === 'pglite') throw new Error(`the file of data set ${id} is missing or cut: ${path}`);
    let fetching = this.#fetching.get(id);
    if (fetching === undefined) {
      fetching = this.#fetch(row).finally(() => this.#fetching.delete(id));
      this.#fetching.set(id, fetching);
    }
    await fetching;
    return path;
  }

  async #fetch({ dataset: { id }, fileSha256 }: DatasetRow): Promise<void> {
    const aside = `${this.path(id)}.${randomUUID()}`;
    try {
      const sha256 = await fetchChunks(this.#sql, id, aside);
      if (sha256 !== fileSha256) throw new Error(`data set ${id} came back from the database with another checksum`);
      await rename(aside, this.path(id));
    } finally {
      await rm(aside, { force: true });
    }
  }
}

async function hasSize(path: string, bytes: number): Promise<boolean> {
  try {
    return (await stat(path)).size === bytes;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return false;
    throw error;
  }
}
