import { ProblemError, shown } from '@penstock/contracts';

export const ACCEPTED = 'Accepted: CSV, TSV, NDJSON, JSON (an array of objects) in UTF-8, and Parquet; each may be gzipped';

/** @param detail where and what, as a sentence without its full stop */
export function unreadable(detail: string, cause?: unknown): ProblemError {
  return new ProblemError('dataset_unreadable', `${detail}.`, cause === undefined ? {} : { cause });
}

/** A name or value from the data, quoted and short enough for a message. */
export const quoted = (text: string): string => JSON.stringify(shown(text));
