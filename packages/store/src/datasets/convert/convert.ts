import { createColumnFile } from '../column-file.ts';
import { prepareDelimited } from '../delimited/prepare.ts';
import { prepareJson } from '../json/prepare.ts';
import { sniff } from '../upload/sniff.ts';
import { openScratch, type Scratch } from './duckdb.ts';
import { loadCsv } from './load-csv.ts';
import { loadParquet } from './load-parquet.ts';
import { typeTextColumns } from './type-text-columns.ts';
import type { Typing } from './typed-column.ts';
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
    return withScratch(conversion, conversion.upload, signal, async (scratch) => {
      const { rows, ...typing } = await loadParquet(scratch, conversion.upload);
      return written(conversion, scratch, rows, typing, 'Parquet');
    });
  }
  const copy = `${conversion.workFolder}/canonical.csv`;
  const prepare = format === 'json' ? prepareJson : prepareDelimited;
  const csv = await prepare(conversion.upload, copy, signal);
  return withScratch(conversion, csv.path, signal, async (scratch) => {
    await loadCsv(scratch, csv);
    const typing = await typeTextColumns(scratch, csv.names, csv.decimalComma);
    return written(conversion, scratch, csv.rows, typing, csv.readAs);
  });
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

async function written(
  conversion: Conversion,
  scratch: Scratch,
  rows: number,
  typing: Typing,
  readAs: string,
): Promise<Converted> {
  const writer = await createColumnFile(conversion.target);
  try {
    const columns = await writeColumns(scratch, writer, typing.columns, rows);
    const { footer, bytes, fileSha256 } = await writer.finish(rows);
    const description = [`Read as ${readAs}`, ...typing.notes].map((sentence) => `${sentence}.`).join(' ');
    return { rows, columns, sha256: footer.sha256, fileSha256, fileBytes: bytes, description };
  } catch (error) {
    await writer.abandon();
    throw error;
  }
}
