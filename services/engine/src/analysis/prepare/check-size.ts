import type { LoadedColumn } from '@penstock/store';
import { groupsOf } from './groups.ts';
import { invalidData } from './invalid-data.ts';

/** What the design of an analysis may take. */
export interface SizeLimit {
  readonly megabytes: number;
  /** Whether a regression with all products of treatment and covariates is asked for. */
  readonly interactions: boolean;
}

const MEBIBYTE = 1024 * 1024;
/** The constant and the treatment. */
const ALWAYS = 2;

/**
 * Refuses before anything of that size is allocated: typed arrays are outside the heap that V8 bounds for a thread.
 * @param covariates columns of `rows` rows without missing values; texts count with all dummies they become
 * @throws InvalidData when the design, 8 bytes for each number, is above the limit
 */
export function checkSize(
  rows: number,
  covariates: readonly LoadedColumn[],
  instruments: readonly LoadedColumn[],
  { megabytes, interactions }: SizeLimit,
): void {
  const [main, excluded] = [columnCount(covariates), columnCount(instruments)];
  const columns = ALWAYS + (interactions ? 2 : 1) * main + excluded;
  const needed = (rows * columns * Float64Array.BYTES_PER_ELEMENT) / MEBIBYTE;
  if (needed <= megabytes) return;
  const counted = `${main} covariates (dummies counted)${interactions ? ' and their products with the treatment' : ''}`;
  const size = `${rows} rows by ${columns} columns, ${Math.ceil(needed)} MB`;
  throw invalidData(
    'covariates',
    `the design with ${counted} is too large: ${size} of the ${megabytes} MB that one analysis may use (WORKER_MEMORY_MB)`,
    size,
    'fewer covariates, text columns with fewer levels, or fewer rows',
  );
}

const columnCount = (columns: readonly LoadedColumn[]): number =>
  columns.reduce((count, column) => count + ('values' in column ? 1 : Math.max(0, groupsOf(column).levels.length - 1)), 0);
