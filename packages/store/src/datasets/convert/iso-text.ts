import { DATE } from './first-value.ts';
import { literal } from './sql-text.ts';

/** How finely the timestamps of a column are written: 0 days, 1 seconds, 2 microseconds; 3: one of them is infinite. */
export type Fineness = 0 | 1 | 2 | 3;

/** SQL for a text column's values as timestamps in UTC; NULL: is none. */
export function timestampOf(column: string): string {
  const text = `replace(trim(${column}), '/', '-')`;
  const cast = `TRY_CAST(TRY_CAST(${text} AS TIMESTAMPTZ) AS TIMESTAMP)`;
  return `CASE WHEN regexp_full_match(trim(${column}), ${literal(DATE)}) THEN ${cast} END`;
}

/** SQL for the fineness that a column's finest value needs. */
export function finenessOf(timestamp: string): string {
  const cases = [
    `WHEN NOT isfinite(${timestamp}) THEN 3`,
    `WHEN ${timestamp} <> date_trunc('second', ${timestamp}) THEN 2`,
    `WHEN CAST(${timestamp} AS TIME) <> TIME '00:00:00' THEN 1`,
  ];
  return `coalesce(max(CASE ${cases.join(' ')} ELSE 0 END), 0)`;
}

/** SQL for ISO 8601 in UTC, of one shape for the whole column, so that the texts sort as the times follow each other. */
export function isoText(timestamp: string, fineness: Fineness): string {
  const shape = ['%Y-%m-%d', '%Y-%m-%dT%H:%M:%SZ', '%Y-%m-%dT%H:%M:%S.%fZ'][Math.min(fineness, 2)];
  return `strftime(${timestamp}, '${shape}')`;
}
