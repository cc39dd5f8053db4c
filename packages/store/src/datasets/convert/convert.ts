import { prepareDelimited } from '../delimited/prepare.ts';
import { Gatherer, type GathererOptions, type GatherThresholds } from '../direct/gatherer.ts';
import { prepareJson } from '../json/prepare.ts';
import { type Format, sniff } from '../upload/sniff.ts';
import type { Converted } from './converted.ts';
import { LazyScratch } from './lazy-scratch.ts';
import { csvSource } from './load-csv.ts';
import { parquetSource } from './load-parquet.ts';
import type { ColumnSource } from './typed-column.ts';
import { writeColumnFile } from './write-column-file.ts';
import { ROWS_IN_MEMORY } from './write-columns.ts';

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
  /** Sizes from which another way is taken to the same content. */
  readonly thresholds?: Partial<GatherThresholds> & { readonly rowsInMemory?: number };
}

/** Share of the memory for what is gathered while text is read; the database has the rest. */
const GATHERED_SHARE = 1 / 4;

/**
 * Reads an upload into a column file.
 *
 * @throws ProblemError dataset_unreadable, not_available, payload_too_large (it takes more memory than it may)
 */
export async function convert(conversion: Conversion, signal?: AbortSignal): Promise<Converted> {
  const format = await sniff(conversion.upload, conversion);
  if (format === 'parquet') {
    return writeFrom(conversion, { file: conversion.upload, share: 1 }, signal, async (scratch) =>
      parquetSource(await scratch.open(), conversion.upload),
    );
  }
  const gatherers: Gatherer[] = [];
  try {
    const csv = await prepare(format, conversion, gatherers, signal);
    return await writeFrom(conversion, { file: csv.path, share: 1 - GATHERED_SHARE }, signal, async () => csvSource(csv));
  } finally {
    for (const gatherer of gatherers) gatherer.close();
  }
}

function prepare(format: Exclude<Format, 'parquet'>, conversion: Conversion, gatherers: Gatherer[], signal?: AbortSignal) {
  const { upload, workFolder, memoryBytes, thresholds = {} } = conversion;
  const gatherer = (about: Pick<GathererOptions, 'columns' | 'decimalComma'>): Gatherer => {
    const spillPath = `${workFolder}/cells-${gatherers.length}`;
    const half = (memoryBytes * GATHERED_SHARE) / 2;
    const made = new Gatherer({ ...about, spillPath, thresholds: { heldBytes: half, textBytes: half, ...thresholds } });
    gatherers.push(made);
    return made;
  };
  const preparing = { path: upload, copyPath: `${workFolder}/canonical.csv`, gatherer, ...(signal && { signal }) };
  return format === 'json' ? prepareJson(preparing) : prepareDelimited(preparing);
}

async function writeFrom(
  { workFolder, memoryBytes, target, thresholds }: Conversion,
  { file, share }: { readonly file: string; readonly share: number },
  signal: AbortSignal | undefined,
  source: (scratch: LazyScratch) => Promise<ColumnSource>,
): Promise<Converted> {
  const abort = signal && { signal };
  const scratch = new LazyScratch({ file, tempFolder: workFolder, memoryBytes, share, ...abort });
  try {
    const rowsInMemory = thresholds?.rowsInMemory ?? ROWS_IN_MEMORY;
    return await writeColumnFile({ source: await source(scratch), scratch, target, rowsInMemory, ...abort });
  } finally {
    await scratch.close();
  }
}
