import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { after, test } from 'node:test';

// The rules of .dependency-cruiser.mjs, tried on a small workspace with one violation of each.

const root = join(import.meta.dirname, '..', '..');
const folder = mkdtempSync(join(tmpdir(), 'penstock-rules-'));
after(() => rmSync(folder, { recursive: true, force: true }));

const PACKAGES = ['contracts', 'clock', 'collections', 'causal', 'figures', 'resilience', 'telemetry', 'store', 'service-kit'];

const violations: Readonly<Record<string, readonly [from: string, text: string]>> = {
  'no-cycles': ['packages/causal/src/a.ts', `import type { B } from './b.ts';\nexport type A = B;`],
  'foundations-stand-alone': ['packages/clock/src/wrong.ts', `import { x } from '@penstock/contracts';\nexport const y = x;`],
  'pure-packages-stand-on-foundations': ['packages/figures/src/wrong.ts', `export { x } from '@penstock/causal';`],
  'pure-packages-touch-no-machine': [
    'packages/resilience/src/wrong.ts',
    `import { readFileSync } from 'node:fs';\nreadFileSync('x');`,
  ],
  'only-the-engine-computes': ['services/gateway/src/wrong.ts', `import type { X } from '@penstock/causal';\nexport type Y = X;`],
  'packages-know-no-service': ['packages/store/src/wrong.ts', `import '../../../services/engine/src/app.ts';`],
  'services-know-no-service': ['services/gateway/src/wrong2.ts', `import '../../engine/src/app.ts';`],
  'store-and-telemetry-below-the-kit': [
    'packages/store/src/wrong2.ts',
    `import { x } from '@penstock/service-kit';\nexport const y = x;`,
  ],
  'packages-through-their-index': ['services/engine/src/wrong.ts', `import '../../../packages/store/src/hidden.ts';`],
  'whole-system-tests-speak-http': ['test/e2e/wrong.test.ts', `import '../../services/engine/src/app.ts';`],
  'sources-import-no-tests': ['packages/contracts/src/wrong.ts', `import '../test/helper.ts';`],
  'everything-resolves': ['packages/contracts/src/wrong2.ts', `import './nowhere.ts';`],
};

const right: Readonly<Record<string, string>> = {
  'packages/causal/src/b.ts': `import type { A } from './a.ts';\nexport type B = A;`,
  'packages/store/src/hidden.ts': '',
  'packages/contracts/test/helper.ts': '',
  'services/engine/src/app.ts': `import { x } from '@penstock/causal';\nexport const y = x;`,
  'packages/resilience/src/right.ts': `import { x } from '@penstock/clock';\nimport { x as z } from '@penstock/collections';\nimport { EventEmitter } from 'node:events';\nexport const y = [x, z, EventEmitter];`,
};

function write(file: string, text: string): void {
  mkdirSync(dirname(join(folder, file)), { recursive: true });
  writeFileSync(join(folder, file), text);
}

test('each dependency rule refuses what it forbids, type imports included, and nothing else is refused', () => {
  cpSync(join(root, '.dependency-cruiser.mjs'), join(folder, '.dependency-cruiser.mjs'));
  cpSync(join(root, 'tsconfig.json'), join(folder, 'tsconfig.json'));
  write('package.json', '{"type":"module"}');
  for (const name of PACKAGES) {
    write(
      `packages/${name}/package.json`,
      JSON.stringify({ name: `@penstock/${name}`, type: 'module', exports: './src/index.ts' }),
    );
    write(`packages/${name}/src/index.ts`, 'export const x = 1;\nexport type X = number;');
    mkdirSync(join(folder, 'node_modules', '@penstock'), { recursive: true });
    symlinkSync(join(folder, 'packages', name), join(folder, 'node_modules', '@penstock', name));
  }
  for (const [file, text] of Object.entries(right)) write(file, text);
  for (const [file, text] of Object.values(violations)) write(file, text);

  const found = cruise();

  const missed = Object.entries(violations).filter(
    ([rule, [file]]) => !found.some((each) => each.rule === rule && each.from === file),
  );
  assert.deepEqual(missed, []);
  const wrongly = found.filter(({ from }) => Object.hasOwn(right, from) && from !== 'packages/causal/src/b.ts');
  assert.deepEqual(wrongly, []);
});

function cruise(): readonly { readonly rule: string; readonly from: string }[] {
  const cruiser = join(root, 'node_modules', 'dependency-cruiser', 'bin', 'dependency-cruiser.mjs');
  const args = [cruiser, '--config', '.dependency-cruiser.mjs', '--output-type', 'json', 'packages', 'services', 'test'];
  const { stdout } = spawnSync(process.execPath, args, { cwd: folder, encoding: 'utf8', maxBuffer: 2 ** 26 });
  const { summary } = JSON.parse(stdout) as { summary: { violations: { from: string; rule: { name: string } }[] } };
  return summary.violations.map(({ from, rule }) => ({ from, rule: rule.name }));
}
