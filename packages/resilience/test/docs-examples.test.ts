import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { pathToFileURL } from 'node:url';

const PAGES = new URL('../../../docs/policies/', import.meta.url);
// Inside the package, so that the examples find the packages that they import.
const folder = mkdtempSync(join(import.meta.dirname, 'examples-'));
after(() => rmSync(folder, { recursive: true }));

for (const page of readdirSync(PAGES).toSorted()) {
  const examples = [...readFileSync(new URL(page, PAGES), 'utf8').matchAll(/^```ts\n(.*?)^```/gms)];
  for (const [index, [, code = '']] of examples.entries()) {
    test(`docs/policies/${page}: example ${index + 1} runs and its assertions hold`, async () => {
      const file = join(folder, `${page}.${index}.ts`);
      writeFileSync(file, code);
      await import(pathToFileURL(file).href);
    });
  }
}
