import { createColumnFile } from '../column-file.ts';
import { prepareDelimited } from '../delimited/prepare.ts';
import { prepareJson } from '../json/prepare.ts';
import { sniff } from '../upload/sniff.ts';
import { openScratch, type Scratch } from './duckdb.ts';
import { csvSource } from './load-csv.ts';
import { parquetSource } from './load-parquet.ts';
import { batches, COLUMNS_AT_ONCE, type ColumnSource } from './typed-column.ts';
import { type WrittenColumn, writeColumns } from './write-columns.ts';

export interface Conversion {
  /** The upload, decompressed. */
  readonly upload: string;
  /** Where the column file is to be made. */
  readonly target: string;
  /** A folder of its own for copies and spilled data; whoever made it removes it. */
  readonly workFolder: string;
  readonly memoryBytes: number;
  readonly contentType?: string;
  readonly filename?: string;
}

export interface Converted {
  readonly rows: number;
  readonly columns: readonly WrittenColumn[];
  /** Hash of the typed content. */
  readonly sha256: string;
  readonly fileSha256: string;
  readonly fileBytes: number;
  /** How it was read and what was decided about columns, in sentences. */
  readonly description: string;
}

/**
 * Reads an upload into a column file.
 *
 * @throws ProblemError dataset_unreadable, not_available
 */
export async function convert(conversion: Conversion, signal?: AbortSignal): Promise<Converted> {
  const format = await sniff(conversion.upload, conversion);
  if (format === 'parquet') {
    return withScratch(conversion, conversion.upload, signal, async (scratch) =>
      write(conversion, scratch, await parquetSource(scratch, conversion.upload), 'Parquet'),
    );
  }
  const copy = `${conversion.workFolder}/canonical.csv`;
  const prepare = format === 'json' ? prepareJson : prepareDelimited;
  const csv = await prepare(conversion.upload, copy, signal);
  return withScratch(conversion, csv.path, signal, (scratch) => write(conversion, scratch, csvSource(scratch, csv), csv.readAs));
}

async function withScratch<T>(
  { workFolder, memoryBytes }: Conversion,
  file: string,
  signal: AbortSignal | undefined,
  work: (scratch: Scratch) => Promise<T>,
): Promise<T> {
  const scratch = await openScratch({ file, tempFolder: workFolder, memoryBytes, ...(signal && { signal }) });
  try {
    return await work(scratch);
  } finally {
    scratch.close();
  }
}

async function write(conversion: Conversion, scratch: Scratch, source: ColumnSource, readAs: string): Promise<Converted> {
  const writer = await createColumnFile(conversion.target);
  const columns: WrittenColumn[] = [];
  const notes: string[] = [];
  try {
    for (const batch of batches(source.columns, COLUMNS_AT_ONCE)) {
      const typing = await source.load(batch);
      notes.push(...typing.notes);
      columns.push(...(await writeColumns(scratch, writer, typing.columns, source.rows)));
      await scratch.run('DROP TABLE t');
    }
    const { footer, bytes, fileSha256 } = await writer.finish(source.rows);
    const description = describe(readAs, notes);
    return { rows: source.rows, columns, sha256: footer.sha256, fileSha256, fileBytes: bytes, description };
  } catch (error) {
    await writer.abandon();
    throw error;
  }
}

const MOST_NOTES = 20;

function describe(readAs: string, notes: readonly string[]): string {
  const more = notes.length > MOST_NOTES ? [`${notes.length - MOST_NOTES} more columns have such notes`] : [];
  return [`Read as ${readAs}`, ...notes.slice(0, MOST_NOTES), ...more].map((sentence) => `${sentence}.`).join(' ');
}
