import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Conversion } from '../../src/datasets/convert/convert.ts';
import { type TempDir, tempDir } from './temp-dir.ts';

/** A conversion of this text in a folder of its own. */
export async function conversionOf(
  content: string | Buffer,
  options: Partial<Conversion> = {},
): Promise<{ conversion: Conversion; file: () => Promise<Buffer> } & TempDir> {
  const dir = await tempDir();
  const upload = join(dir.path, 'upload');
  const target = join(dir.path, 'columns');
  await writeFile(upload, content);
  const conversion = { upload, target, workFolder: dir.path, memoryBytes: 512 * 2 ** 20, ...options };
  return { ...dir, path: dir.path, conversion, file: () => readFile(target) };
}
