import type { ColumnSummary, Dataset, DatasetSummary, SuggestedRole } from '@penstock/contracts';
import type { Sql } from '../sql/sql.ts';

/** A data set as the tables hold it. */
export interface DatasetRow {
  readonly dataset: Dataset;
  readonly fileBytes: number;
  readonly fileSha256: string;
}

interface SummaryRecord {
  readonly id: string;
  readonly name: string;
  readonly row_count: number;
  readonly column_count: number;
  readonly sha256: string;
  readonly sample: boolean;
  readonly file_bytes: number;
  readonly created_at: Date;
}

interface FullRecord extends SummaryRecord {
  readonly file_sha256: string;
  readonly details: string;
}

interface Details {
  readonly description: string | null;
  readonly columns: ColumnSummary[];
  readonly preview: unknown[][];
  readonly suggested_roles: SuggestedRole[];
}

const SUMMARY = 'id, name, row_count, column_count, sha256, sample, file_bytes, created_at';

export async function listRows(sql: Sql): Promise<DatasetSummary[]> {
  const records = await sql.query<SummaryRecord>(`SELECT ${SUMMARY} FROM datasets ORDER BY created_at DESC, id`);
  return records.map(summary);
}

export async function getRow(sql: Sql, id: string): Promise<DatasetRow | undefined> {
  const [record] = await sql.query<FullRecord>(`SELECT ${SUMMARY}, file_sha256, details FROM datasets WHERE id = $1`, [id]);
  if (record === undefined) return undefined;
  const details = JSON.parse(record.details) as Details;
  return { dataset: { ...summary(record), ...details }, fileBytes: record.file_bytes, fileSha256: record.file_sha256 };
}

/** @returns false where the id is taken */
export async function insertRow(sql: Sql, { dataset, fileBytes, fileSha256 }: DatasetRow): Promise<boolean> {
  const { description, columns, preview, suggested_roles } = dataset;
  const details: Details = { description, columns, preview, suggested_roles };
  const added = await sql.query(
    `INSERT INTO datasets (${SUMMARY}, file_sha256, details) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
     ON CONFLICT (id) DO NOTHING RETURNING id`,
    [
      dataset.id,
      dataset.name,
      dataset.rows,
      dataset.column_count,
      dataset.sha256,
      dataset.sample,
      fileBytes,
      new Date(dataset.created_at),
      fileSha256,
      JSON.stringify(details),
    ],
  );
  return added.length > 0;
}

export async function deleteRow(sql: Sql, id: string): Promise<boolean> {
  return (await sql.query('DELETE FROM datasets WHERE id = $1 RETURNING id', [id])).length > 0;
}

const summary = (record: SummaryRecord): DatasetSummary => ({
  id: record.id,
  name: record.name,
  rows: record.row_count,
  column_count: record.column_count,
  bytes: record.file_bytes,
  sha256: record.sha256,
  sample: record.sample,
  created_at: record.created_at.toISOString(),
});
