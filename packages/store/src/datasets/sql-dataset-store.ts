import { randomBytes } from 'node:crypto';
import { rm } from 'node:fs/promises';
import { basename, join } from 'node:path';
import type { Readable } from 'node:stream';
import type { Clock } from '@penstock/clock';
import { type Dataset, type DatasetSummary, ProblemError } from '@penstock/contracts';
import type { Sql } from '../sql/sql.ts';
import { Turnstile } from '../turnstile.ts';
import { storeChunks } from './chunks.ts';
import { ColumnCache } from './column-cache.ts';
import { ConversionThreads } from './convert/conversion-threads.ts';
import type { Converted } from './convert/converted.ts';
import { PREVIEW_ROWS } from './convert/summarise.ts';
import type { DatasetFiles } from './dataset-files.ts';
import { type DatasetRow, deleteRow, getRow, insertRow, listRows } from './dataset-rows.ts';
import type { DatasetStore, LoadableDataset, UploadHints } from './dataset-store.ts';
import type { LoadedColumns } from './loaded-columns.ts';
import { readColumns } from './read-columns.ts';
import { suggestRoles } from './suggest-roles.ts';
import { receive } from './upload/receive.ts';

const LONGEST_NAME = 200;

interface Parts {
  readonly sql: Sql;
  readonly files: DatasetFiles;
  readonly clock: Clock;
  readonly conversions: number;
  readonly memoryBytes: number;
}

/** Metadata in SQL, columns in files; in PostgreSQL also the files' bytes, so that every engine can serve every data set. */
export class SqlDatasetStore implements DatasetStore {
  readonly #parts: Parts;
  readonly #turnstile: Turnstile;
  readonly #threads = new ConversionThreads();
  readonly #columns = new ColumnCache();

  constructor(parts: Parts) {
    this.#parts = parts;
    this.#turnstile = new Turnstile(parts.conversions);
  }

  async create(source: Readable, hints: UploadHints): Promise<Dataset> {
    const { files, memoryBytes } = this.#parts;
    const { signal, contentType, filename } = hints;
    // Until it is read, a stream that breaks would have no listener, and end the process; reading it then reports why.
    source.on('error', () => undefined);
    const workFolder = await files.workFolder();
    try {
      const upload = join(workFolder, 'upload');
      const target = join(workFolder, 'columns');
      await receive(source, upload, hints.maxBytes, signal);
      const claims = { ...(contentType !== undefined && { contentType }), ...(filename !== undefined && { filename }) };
      const converted = await this.#turnstile.run(() =>
        this.#threads.convert({ upload, target, workFolder, memoryBytes, ...claims }, signal),
      );
      const id = `ds_${randomBytes(8).toString('hex')}`;
      return await this.add(id, nameFrom(hints, id), false, converted, target, signal);
    } finally {
      await rm(workFolder, { recursive: true, force: true });
    }
  }

  /** Registers a column file; the file first, durably, then the row that makes it exist. */
  async add(id: string, name: string, sample: boolean, from: Converted, path: string, signal?: AbortSignal): Promise<Dataset> {
    const { sql, files, clock } = this.#parts;
    const row = datasetRow(id, name, sample, from, new Date(clock.now()));
    await files.adopt(id, path);
    try {
      await sql.transaction(async (tx) => {
        const added = await insertRow(tx, row);
        if (added && sql.kind === 'postgres') await storeChunks(tx, id, files.path(id), signal);
      });
    } catch (error) {
      await files.remove(id);
      throw error;
    }
    return row.dataset;
  }

  async list(): Promise<DatasetSummary[]> {
    const all = await listRows(this.#parts.sql);
    const samples = all.filter(({ sample }) => sample).reverse();
    return [...samples, ...all.filter(({ sample }) => !sample)];
  }

  async get(id: string): Promise<Dataset | undefined> {
    return (await getRow(this.#parts.sql, id))?.dataset;
  }

  async remove(id: string): Promise<boolean> {
    const { sql, files } = this.#parts;
    const row = await getRow(sql, id);
    if (row === undefined) return false;
    if (row.dataset.sample) {
      throw new ProblemError('dataset_protected', `${JSON.stringify(id)} is a sample data set, which cannot be deleted.`);
    }
    const removed = await deleteRow(sql, id);
    await files.remove(id);
    return removed;
  }

  async load(dataset: LoadableDataset, names: readonly string[]): Promise<LoadedColumns> {
    const { rows, sha256 } = dataset;
    const kept = this.#columns.get(sha256, names);
    if (kept !== undefined) return { rows, columns: kept };
    const loaded = await readColumns(await this.#parts.files.local(dataset), names);
    this.#columns.keep(sha256, loaded);
    return loaded;
  }

  async close(): Promise<void> {
    await this.#turnstile.idle();
    await this.#threads.close();
  }
}

function datasetRow(id: string, name: string, sample: boolean, from: Converted, createdAt: Date): DatasetRow {
  const columns = from.columns.map(({ summary }) => summary);
  const previewRows = Math.min(PREVIEW_ROWS, from.rows);
  const dataset: Dataset = {
    id,
    name,
    rows: from.rows,
    column_count: columns.length,
    bytes: from.fileBytes,
    sha256: from.sha256,
    sample,
    created_at: createdAt.toISOString(),
    description: from.description,
    columns,
    preview: Array.from({ length: previewRows }, (_, row) => from.columns.map(({ preview }) => preview[row] ?? null)),
    suggested_roles: suggestRoles(columns, from.rows),
  };
  return { dataset, fileBytes: from.fileBytes, fileSha256: from.fileSha256 };
}

function nameFrom({ name, filename }: UploadHints, id: string): string {
  const fromFile = filename === undefined ? '' : basename(filename.replaceAll('\\', '/')).replace(/(\.\w{1,8}){1,2}$/, '');
  const candidates = [name ?? '', fromFile].map((text) =>
    text
      .replace(/\p{C}+/gu, ' ')
      .trim()
      .slice(0, LONGEST_NAME),
  );
  return candidates.find((text) => text !== '') ?? id;
}
