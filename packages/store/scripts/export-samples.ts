// Writes the sample data sets as CSV:  node packages/store/scripts/export-samples.ts <folder>
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { samples } from '../src/datasets/samples/index.ts';
import { toCsv } from '../src/datasets/samples/to-csv.ts';

const folder = process.argv[2];
if (folder === undefined) {
  process.stderr.write('usage: node packages/store/scripts/export-samples.ts <folder>\n');
  process.exit(2);
}
await mkdir(folder, { recursive: true });
for (const sample of samples()) {
  const path = join(folder, `${sample.id}.csv`);
  await writeFile(path, toCsv(sample));
  process.stdout.write(`${path}  truth ${sample.truth}  ${JSON.stringify(sample.mapping)}\n`);
}
