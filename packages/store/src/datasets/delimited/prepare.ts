import { open } from 'node:fs/promises';
import { checkColumnNames } from '../column-names.ts';
import type { Gathered, Gatherer } from '../direct/gatherer.ts';
import { quoted, unreadable } from '../upload/unreadable.ts';
import { CanonicalWriter } from './canonical-writer.ts';
import { cleanRows, LONGEST_CLEAN_LINE } from './clean-scan.ts';
import { sniffDelimiter } from './dialect.ts';
import { FieldReader, type FieldRecord } from './fields.ts';
import { textPieces } from './text-pieces.ts';

/** What a reader of text needs besides the text. */
export interface Preparing {
  /** The upload, decompressed. */
  readonly path: string;
  /** Where a canonical copy is written if one is needed. */
  readonly copyPath: string;
  readonly gatherer: (about: { readonly columns: number; readonly decimalComma: boolean }) => Gatherer;
  readonly signal?: AbortSignal;
}

/** A file that the CSV reader takes without guessing anything, and what is known of its columns already. */
export interface PreparedCsv {
  readonly names: readonly string[];
  readonly rows: number;
  readonly path: string;
  readonly delimiter: string;
  /** The upload itself, which is plain; else a canonical copy, whose lines end with LF. */
  readonly hasHeader: boolean;
  /** No record, the header included, has more. */
  readonly longestRecordBytes: number;
  /** Whether numbers may be written with a decimal comma. */
  readonly decimalComma: boolean;
  /** How it was read, for the data set's description. */
  readonly readAs: string;
  /** Undefined: the column is left to the CSV reader. */
  readonly gathered: readonly (Gathered | undefined)[];
}

const HEAD_BYTES = 1 << 20;
const DELIMITER_NAMES: Readonly<Record<string, string>> = { ',': 'comma', '\t': 'tab', ';': 'semicolon', '|': 'bar' };

/**
 * Checks delimited text from its first to its last line, and gathers its columns. Where it is not plain, a canonical
 * copy is written to `copyPath`.
 *
 * @throws ProblemError dataset_unreadable with the line
 */
export async function prepareDelimited({ path, copyPath, gatherer, signal }: Preparing): Promise<PreparedCsv> {
  const head = await wholeLines(path);
  const delimiter = sniffDelimiter(head);
  const names = header(head, delimiter);
  const columns = names.length;
  const decimalComma = delimiter === ';';
  const about = { names, decimalComma, readAs: `delimited by ${DELIMITER_NAMES[delimiter]}` };
  const plain = gatherer({ columns, decimalComma });
  // A line of a single column can be empty and still be a row.
  const clean = columns === 1 ? undefined : await cleanRows(path, delimiter, columns, plain, signal);
  if (clean !== undefined) {
    if (clean === 0) throw noRows(columns);
    const longestRecordBytes = 2 * LONGEST_CLEAN_LINE;
    return { ...about, rows: clean, path, delimiter, hasHeader: true, longestRecordBytes, gathered: plain.finish() };
  }
  plain.close();
  const careful = gatherer({ columns, decimalComma });
  const { rows, longestRecordBytes } = await copyCanonically({ path, copyPath, delimiter, columns, careful, signal });
  if (rows === 0) throw noRows(columns);
  const gathered = careful.finish();
  return { ...about, rows, path: copyPath, delimiter: ',', hasHeader: false, longestRecordBytes, gathered };
}

async function wholeLines(path: string): Promise<string> {
  const file = await open(path, 'r');
  try {
    const buffer = Buffer.alloc(HEAD_BYTES);
    const { bytesRead } = await file.read(buffer, 0, HEAD_BYTES, 0);
    const cut = bytesRead === HEAD_BYTES ? buffer.lastIndexOf(10) + 1 || bytesRead : bytesRead;
    return buffer.toString('utf8', 0, cut).replace(/^\ufeff/, '');
  } finally {
    await file.close();
  }
}

function header(head: string, delimiter: string): readonly string[] {
  let first: FieldRecord | undefined;
  const reader = new FieldReader(delimiter, (record) => {
    first ??= record;
  });
  for (const line of head.split(/(?<=\n)/)) {
    reader.push(line);
    if (first !== undefined) break;
  }
  if (first === undefined) reader.end();
  if (first === undefined) throw unreadable('The upload has no header line');
  const { line, fields } = first;
  checkColumnNames(fields, `Line ${line}: the header`);
  if (fields.every((name) => /^[+-]?\d*\.?\d+(e[+-]?\d+)?$/i.test(name))) {
    const shown = fields.slice(0, 5).map(quoted).join(', ');
    throw unreadable(`Line ${line}: the first line must name the columns, and it holds only numbers (${shown})`);
  }
  return fields;
}

interface Copying {
  readonly path: string;
  readonly copyPath: string;
  readonly delimiter: string;
  readonly columns: number;
  readonly careful: Gatherer;
  readonly signal: AbortSignal | undefined;
}

async function copyCanonically({ path, copyPath, delimiter, columns, careful, signal }: Copying): Promise<CanonicalWriter> {
  const writer = new CanonicalWriter(copyPath);
  let header = true;
  const reader = new FieldReader(delimiter, ({ line, fields }) => {
    if (header) {
      header = false;
      return;
    }
    if (fields.length !== columns) throw ragged(line, fields, columns, delimiter);
    writer.add(fields);
    for (let column = 0; column < columns; column++) careful.addText(column, fields[column] as string);
    careful.endRow();
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
  return writer;
}

function ragged(line: number, fields: readonly string[], columns: number, delimiter: string) {
  const counts = `Line ${line} has ${fields.length} ${fields.length === 1 ? 'field' : 'fields'}, the header has ${columns}`;
  const first = `its first field is ${quoted((fields[0] ?? '').slice(0, 40))}`;
  return unreadable(
    `${counts} (delimiter: ${DELIMITER_NAMES[delimiter]}; ${first}). Fields that hold the delimiter must be quoted`,
  );
}

const noRows = (columns: number) => unreadable(`The upload has a header with ${columns} columns and no rows`);
