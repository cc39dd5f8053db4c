import { createColumnFile } from '../column-file.ts';
import type { Converted } from '../convert/converted.ts';
import { type WrittenColumn, writeNumbers, writeTextValues } from '../convert/write-values.ts';
import type { Sample } from './sample.ts';

/** Writes a sample as a column file: the same content as its CSV form uploaded, without the detour. */
export async function writeSample({ columns, description }: Sample, path: string): Promise<Converted> {
  const rows = columns[0]?.values.length ?? 0;
  const writer = await createColumnFile(path);
  try {
    const written: WrittenColumn[] = [];
    for (const column of columns) {
      written.push(
        column.type === 'text'
          ? await writeTextValues(writer, { name: column.name, type: column.type }, column.values)
          : await writeNumbers(writer, { name: column.name, type: column.type }, () => [column.values]),
      );
    }
    const { footer, bytes, fileSha256 } = await writer.finish(rows);
    return { rows, columns: written, sha256: footer.sha256, fileSha256, fileBytes: bytes, description };
  } catch (error) {
    await writer.abandon();
    throw error;
  }
}
