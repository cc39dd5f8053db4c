import { DuckDBInstance } from '@duckdb/node-api';

/** The Parquet file of a SELECT. */
export async function parquetOf(select: string, path: string, options = ''): Promise<void> {
  const instance = await DuckDBInstance.create(':memory:');
  const connection = await instance.connect();
  await connection.run(`COPY (${select}) TO '${path.replaceAll("'", "''")}' (FORMAT parquet ${options})`);
  connection.closeSync();
  instance.closeSync();
}
