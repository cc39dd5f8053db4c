import type { Scratch } from './duckdb.ts';
import { finenessOf, isoText, timestampOf } from './iso-text.ts';

/**
 * Reads texts as timestamps, many columns in one go.
 *
 * @param columns the different texts of each column
 * @returns for each column its texts as ISO 8601 of one shape, or undefined where one of them is no timestamp
 */
export async function readTimestamps(
  scratch: Scratch,
  columns: readonly (readonly string[])[],
): Promise<(readonly string[] | undefined)[]> {
  await scratch.run('CREATE TABLE texts (col INTEGER, code INTEGER, v VARCHAR)');
  await scratch.append('texts', numbered(columns));
  await scratch.run(`CREATE TABLE stamps AS SELECT col, code, ${timestampOf('v')} AS stamp FROM texts`);
  await scratch.run(
    `CREATE TABLE finenesses AS SELECT col, ${finenessOf('stamp')} AS fineness FROM stamps
     GROUP BY col HAVING count(*) = count(stamp)`,
  );
  const read = columns.map((): string[] | undefined => undefined);
  const iso = `CASE fineness WHEN 0 THEN ${isoText('stamp', 0)} WHEN 1 THEN ${isoText('stamp', 1)} ELSE ${isoText('stamp', 2)} END`;
  for await (const chunk of scratch.chunks(`SELECT col, code, ${iso} FROM stamps JOIN finenesses USING (col)`)) {
    const [column, code, text] = [chunk.get(0), chunk.get(1), chunk.get(2)];
    for (let row = 0; row < chunk.rows; row++) {
      const index = column(row) as number;
      read[index] ??= [];
      read[index][code(row) as number] = text(row) as string;
    }
  }
  for (const table of ['texts', 'stamps', 'finenesses']) await scratch.run(`DROP TABLE ${table}`);
  return read;
}

function* numbered(columns: readonly (readonly string[])[]): Generator<readonly [number, number, string]> {
  for (const [column, texts] of columns.entries()) {
    for (const [code, text] of texts.entries()) yield [column, code, text];
  }
}
