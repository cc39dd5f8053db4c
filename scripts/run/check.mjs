// Everything about the sources that needs no running service.

import { existsSync, readdirSync } from 'node:fs';
import { checkTree } from './check-tree.mjs';
import { withNodeFirst, withoutNpm } from './environment.mjs';
import { inRoot, readJson } from './paths.mjs';
import { paint, say, seconds } from './say.mjs';
import { runTool } from './tool.mjs';

/** The script of a tool among the root's packages. */
function bin(name, command = name) {
  const { bin: bins } = readJson('node_modules', ...name.split('/'), 'package.json');
  return inRoot('node_modules', name, typeof bins === 'string' ? bins : bins[command]);
}

function generators() {
  return readdirSync(inRoot('scripts'))
    .filter((file) => /^generate-.*\.ts$/.test(file))
    .sort()
    .map((file) => [`generated: ${file.slice('generate-'.length, -'.ts'.length)}`, [`scripts/${file}`, '--check']]);
}

function steps() {
  const folders = ['packages', 'services', 'test', 'scripts', 'bench'].filter((folder) => existsSync(inRoot(folder)));
  return [
    ['format and lint', [bin('@biomejs/biome', 'biome'), 'ci', '.']],
    ['types', [bin('typescript', 'tsc'), '-p', '.']],
    ['dependency rules', [bin('dependency-cruiser', 'depcruise'), '--config', '.dependency-cruiser.mjs', ...folders]],
    ['dead code', [bin('knip', 'knip'), '--no-config-hints']],
    ...generators(),
  ];
}

/** @returns {Promise<number>} 0 if every step is content */
export async function check(node) {
  const env = withNodeFirst(withoutNpm(process.env), node);
  const failed = [];
  const report = (title, began, code, output) => {
    say.line(`${code === 0 ? paint(32, '✓') : paint(31, '✗')} ${title} (${seconds(began)})`);
    if (code === 0) return;
    failed.push(title);
    say.line(output.trimEnd());
  };
  for (const [title, args] of steps()) {
    const began = performance.now();
    const { code, output } = await runTool(node, ['--disable-warning=ExperimentalWarning', ...args], { env });
    report(title, began, code, output);
  }
  const began = performance.now();
  const findings = await checkTree();
  report('tracked files', began, findings.length, findings.join('\n'));

  say.line();
  const passed = steps().length + 1 - failed.length;
  const names = failed.length === 0 ? '' : `: ${failed.join(', ')}`;
  say.line(`${failed.length === 0 ? paint(32, '✓') : paint(31, '✗')} ${passed} passed, ${failed.length} failed${names}`);
  return failed.length === 0 ? 0 : 1;
}
