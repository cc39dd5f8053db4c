// Runs the test suites with Node's own runner. Unit tests share the cores; tests with real processes and
// deadlines run one file at a time, so that they measure the services and not each other.

import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { withNodeFirst, withoutNpm } from './environment.mjs';
import { installNode } from './install.mjs';
import { inRoot, root } from './paths.mjs';
import { paint, say, seconds } from './say.mjs';
import { runOpenly } from './tool.mjs';

/** Suites below test/ that need more than this machine may have, or minutes; each has a command of its own. */
const separate = new Set(['chaos', 'compose', 'elasticsearch']);

const units = ['packages/*/test/**/*.test.ts', 'services/*/test/**/*.test.ts'];

function wholeSystem() {
  return readdirSync(inRoot('test'), { withFileTypes: true })
    .filter((entry) => entry.isDirectory() && !separate.has(entry.name))
    .map((entry) => `test/${entry.name}/**/*.test.ts`)
    .sort();
}

/** @returns {Promise<number>} 0 if no test failed */
export async function test(node, args) {
  const began = performance.now();
  const files = args.filter(isFile);
  const options = args.filter((arg) => !isFile(arg));
  const runs =
    files.length > 0
      ? [{ patterns: files, concurrency: 1 }]
      : [
          { patterns: units, concurrency: availableParallelism() },
          { patterns: wholeSystem(), concurrency: 1 },
        ];
  const counts = [];
  let code = 0;
  for (const run of runs) {
    const result = await runTests(node, { ...run, options });
    counts.push(result.counts);
    code ||= result.code;
    if (result.interrupted) break;
  }
  const total = (name) => counts.reduce((sum, count) => sum + count[name], 0);
  const line = `${total('passed')} passed, ${total('failed')} failed, ${total('skipped')} skipped (${seconds(began)})`;
  say.line();
  say.line(`${code === 0 ? paint(32, '✓') : paint(31, '✗')} ${line}`);
  return code;
}

/** The suites with real processes and signals, everything on the older Node line that the services support. */
export async function testOnOlderNode(_node, args) {
  const node = await installNode('node-lts');
  return test(node, args.length > 0 ? args : ['test/process/**/*.test.ts']);
}

/** Real processes that are killed, cut off and made to fail under load: some minutes. */
export function testChaos(node, args) {
  return test(node, [...args, 'test/chaos/**/*.test.ts']);
}

/** The containers of docker-compose.full.yml, with a Docker engine. */
export function testCompose(node, args) {
  return test(node, [...args, 'test/compose/**/*.test.ts']);
}

const isFile = (arg) => !arg.startsWith('-') && (/\.(test\.)?[cm]?ts$|[*?]/.test(arg) || existsSync(inRoot(arg)));

async function runTests(node, { patterns, concurrency, options }) {
  const folder = inRoot('.cache', 'test-counts');
  const file = `${folder}/${process.pid}.json`;
  mkdirSync(folder, { recursive: true });
  const flags = ['--disable-warning=ExperimentalWarning', '--test', `--test-concurrency=${Math.max(1, concurrency)}`];
  if (!options.some((option) => option.startsWith('--test-reporter'))) {
    flags.push('--test-reporter=spec', '--test-reporter-destination=stdout');
    flags.push(`--test-reporter=${new URL('counts-reporter.mjs', import.meta.url).href}`, `--test-reporter-destination=${file}`);
  }
  const env = withNodeFirst(withoutNpm(process.env), node);
  delete env.NODE_TEST_CONTEXT;
  try {
    const code = await runOpenly(node, [...flags, ...options, ...patterns], { env, cwd: root });
    const text = existsSync(file) ? readFileSync(file, 'utf8') : '';
    const counts = text === '' ? { passed: 0, failed: code === 0 ? 0 : 1, skipped: 0 } : JSON.parse(text);
    return { code, counts, interrupted: code === 130 };
  } finally {
    rmSync(file, { force: true });
  }
}
