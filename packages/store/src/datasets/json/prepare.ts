import { LIMITS } from '@penstock/contracts';
import { checkColumnNames } from '../column-names.ts';
import { CanonicalWriter } from '../delimited/canonical-writer.ts';
import type { PreparedCsv, Preparing } from '../delimited/prepare.ts';
import { textPieces } from '../delimited/text-pieces.ts';
import { unreadable } from '../upload/unreadable.ts';
import { type FlatRecord, FlatRecordReader } from './flat-records.ts';

export interface PreparedJson extends PreparedCsv {
  /** Rows that came before a column was first seen have fewer fields. */
  readonly shortRows: boolean;
}

/**
 * Turns NDJSON or an array of objects into canonical CSV at `copyPath`. Columns are all names that occur, in the order
 * of their first appearance; an object without one has it missing.
 *
 * @throws ProblemError dataset_unreadable with line and column
 */
export async function prepareJson({ path, copyPath, gatherer, signal }: Preparing): Promise<PreparedJson> {
  const writer = new CanonicalWriter(copyPath);
  const columns = gatherer({ columns: 0, decimalComma: false });
  const names = new Map<string, number>();
  let shortRows = false;
  const reader = new FlatRecordReader((record) => {
    if (learn(names, record)) {
      if (writer.rows > 0) shortRows = true;
      columns.widen(names.size);
    }
    const fields = new Array<string | null>(names.size).fill(null);
    for (const [name, value] of record) {
      const column = names.get(name) as number;
      fields[column] = value;
      columns.addText(column, value);
    }
    columns.endRow();
    writer.add(fields);
  });
  try {
    for await (const text of textPieces(path, signal)) {
      reader.push(text);
      await writer.flush();
    }
    reader.end();
    await writer.end();
  } catch (error) {
    writer.destroy();
    throw error;
  }
  if (writer.rows === 0) throw unreadable('The upload is an empty array: no rows');
  checkColumnNames([...names.keys()], 'The upload');
  return {
    names: [...names.keys()],
    rows: writer.rows,
    path: copyPath,
    delimiter: ',',
    hasHeader: false,
    longestRecordBytes: writer.longestRecordBytes,
    decimalComma: false,
    readAs: 'JSON objects',
    shortRows,
    gathered: columns.finish(),
  };
}

/** Whether the record had a column that was not known yet. */
function learn(names: Map<string, number>, record: FlatRecord): boolean {
  const before = names.size;
  for (const name of record.keys()) {
    if (!names.has(name)) names.set(name, names.size);
  }
  // Stopped here, not at the end: keys that are data ("2024-01-01": …) would grow every row that follows.
  if (names.size > LIMITS.columns) throw unreadable(`The objects have more than ${LIMITS.columns} different names (columns)`);
  return names.size > before;
}
