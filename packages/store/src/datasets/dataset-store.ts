import type { Readable } from 'node:stream';
import type { Dataset, DatasetSummary } from '@penstock/contracts';
import type { LoadedColumns } from './loaded-columns.ts';

/** What the upload says about itself. */
export interface UploadHints {
  /** Shown name; default: the file name, else the id. */
  readonly name?: string;
  readonly contentType?: string;
  readonly filename?: string;
  /** Bytes that the upload may have, and that it may have once decompressed. */
  readonly maxBytes: number;
  /** Gives the upload up; what was written of it is removed. */
  readonly signal?: AbortSignal;
}

/** What of a data set its columns are found by. */
export type LoadableDataset = Pick<Dataset, 'id' | 'rows' | 'bytes' | 'sha256'>;

/** Tables that analyses read, kept as typed columns. A data set never changes under its id. */
export interface DatasetStore {
  /**
   * Reads an upload to its end: CSV, TSV, NDJSON, JSON (array of objects) or Parquet, each also gzipped.
   *
   * @throws ProblemError dataset_unreadable (says where and what is accepted), payload_too_large, not_available (XLSX)
   * @throws the signal's reason when it aborts
   */
  create(source: Readable, hints: UploadHints): Promise<Dataset>;
  /** Samples first, then the newest first. */
  list(): Promise<DatasetSummary[]>;
  get(id: string): Promise<Dataset | undefined>;
  /**
   * @returns whether there was such a data set
   * @throws ProblemError dataset_protected for samples
   */
  remove(id: string): Promise<boolean>;
  /**
   * The columns asked for, and no others, in the order asked for. Their buffers are the caller's to give away.
   *
   * @param dataset as `get` told it
   * @throws ProblemError dataset_not_found where its columns are gone
   * @throws RangeError for a column that the data set does not have
   */
  load(dataset: LoadableDataset, names: readonly string[]): Promise<LoadedColumns>;
  /** Waits for uploads that are being converted. The Sql is its opener's to close. */
  close(): Promise<void>;
}
