import { type ColumnFileWriter, createColumnFile } from '../column-file.ts';
import type { Gathered, Pieces } from '../direct/gatherer.ts';
import type { Converted } from './converted.ts';
import type { LazyScratch } from './lazy-scratch.ts';
import { readTimestamps } from './read-timestamps.ts';
import { batches, COLUMNS_AT_ONCE, type ColumnSource, MOST_NOTES, type SourceColumn } from './typed-column.ts';
import { writeColumns } from './write-columns.ts';
import { type NumberColumn, type TextColumn, type WrittenColumn, writeNumbers, writeTexts } from './write-values.ts';

export interface ColumnFilePlan {
  readonly source: ColumnSource;
  readonly scratch: LazyScratch;
  readonly target: string;
  readonly rowsInMemory: number;
  readonly signal?: AbortSignal;
}

/** A column whose type is settled without the table. */
type Settled =
  | { readonly type: NumberColumn['type']; readonly pieces: Pieces }
  | { readonly type: TextColumn['type']; readonly pieces: Pieces; readonly texts: readonly string[] };

/** Writes the columns of a source in their order: those gathered from memory, the others by way of the database. */
export async function writeColumnFile(plan: ColumnFilePlan): Promise<Converted> {
  const { source, scratch, target, signal } = plan;
  const writer = await createColumnFile(target);
  try {
    const settled = await settle(scratch, source.gathered);
    const left = source.columns.filter((_, index) => settled[index] === undefined);
    const columns: WrittenColumn[] = [];
    const notes: string[] = [];
    const fromTable = tableColumns(plan, writer, left, notes);
    for (const [index, { name }] of source.columns.entries()) {
      signal?.throwIfAborted();
      const known = settled[index];
      columns.push(known === undefined ? await following(fromTable) : await writeSettled(writer, name, known));
    }
    const { footer, bytes, fileSha256 } = await writer.finish(source.rows);
    const description = describe(source.readAs, notes);
    return { rows: source.rows, columns, sha256: footer.sha256, fileSha256, fileBytes: bytes, description };
  } catch (error) {
    await writer.abandon();
    throw error;
  }
}

async function settle(scratch: LazyScratch, gathered: readonly (Gathered | undefined)[]): Promise<(Settled | undefined)[]> {
  const stamped = gathered.flatMap((each) => (each?.kind === 'timestamp' ? [each.texts] : []));
  const read = stamped.length === 0 ? [] : await readTimestamps(await scratch.open(), stamped);
  let stamp = 0;
  return gathered.map((each): Settled | undefined => {
    if (each === undefined) return undefined;
    const { pieces } = each;
    if (!('texts' in each)) return { type: each.kind, pieces };
    const iso = each.kind === 'timestamp' ? read[stamp++] : undefined;
    return iso === undefined ? { type: 'text', pieces, texts: each.texts } : { type: 'timestamp', pieces, texts: iso };
  });
}

const writeSettled = (writer: ColumnFileWriter, name: string, column: Settled): Promise<WrittenColumn> =>
  'texts' in column
    ? writeTexts(writer, { name, type: column.type }, column.pieces, column.texts)
    : writeNumbers(writer, { name, type: column.type }, column.pieces);

/** Loads columns into the table, some at a time, and writes each as it is asked for. */
async function* tableColumns(
  { source, scratch, rowsInMemory }: ColumnFilePlan,
  writer: ColumnFileWriter,
  columns: readonly SourceColumn[],
  notes: string[],
): AsyncGenerator<WrittenColumn> {
  for (const batch of batches(columns, COLUMNS_AT_ONCE)) {
    const opened = await scratch.open();
    const typing = await source.load(opened, batch);
    notes.push(...typing.notes);
    yield* writeColumns(opened, writer, typing.columns, source.rows, rowsInMemory);
    await opened.run('DROP TABLE t');
  }
}

async function following(columns: AsyncGenerator<WrittenColumn>): Promise<WrittenColumn> {
  const next = await columns.next();
  if (next.done) throw new Error('the table has fewer columns than were left to it');
  return next.value;
}

function describe(readAs: string, notes: readonly string[]): string {
  const more = notes.length > MOST_NOTES ? [`${notes.length - MOST_NOTES} more columns have such notes`] : [];
  return [`Read as ${readAs}`, ...notes.slice(0, MOST_NOTES), ...more].map((sentence) => `${sentence}.`).join(' ');
}
