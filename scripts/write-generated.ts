import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';

const root = path.join(import.meta.dirname, '..');

/** Writes a generated file; with --check only compares, and fails when it is out of date. */
export async function writeGenerated(file: string, text: string): Promise<void> {
  const target = path.join(root, file);
  if (!process.argv.includes('--check')) {
    await writeFile(target, text);
    return;
  }
  const present = await readFile(target, 'utf8').catch(() => '');
  if (present !== text) {
    process.stderr.write(`${file} is out of date: run node ${path.relative(root, process.argv[1] ?? '')}\n`);
    process.exitCode = 1;
  }
}
