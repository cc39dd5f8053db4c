// Runs the test suites with Node's own runner. Most files share the cores; those that measure what the services do in
// time run one after the other, so that they measure the services and not each other.

import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { withNodeFirst, withoutNpm } from './environment.mjs';
import { Failure } from './failure.mjs';
import { installNode } from './install.mjs';
import { inRoot, root } from './paths.mjs';
import { paint, say, seconds } from './say.mjs';
import { runOpenly } from './tool.mjs';

/** Suites below test/ that need more than this machine may have, or minutes; each has a command of its own. */
const separate = new Set(['chaos', 'compose', 'elasticsearch', 'prometheus', 'proof', 'slow']);

/** Tests of the whole system that measure: waits, breaks, drains. */
const measuring = new Set([
  'test/e2e/analysis.test.ts',
  'test/e2e/breaker.test.ts',
  'test/e2e/dead-collector.test.ts',
  'test/process/drain.test.ts',
]);

const units = ['packages/*/test/**/*.test.ts', 'services/*/test/**/*.test.ts'];

/** @returns {string[]} the files of the tests of the whole system */
function wholeSystem() {
  return readdirSync(inRoot('test'), { recursive: true })
    .map((file) => `test/${file.replaceAll('\\', '/')}`)
    .filter((file) => file.endsWith('.test.ts') && !separate.has(file.split('/')[1]))
    .sort();
}

/** A file that takes longer hangs: it fails, instead of holding up everything after it for ever. */
const LONGEST_FILE_MS = 600_000;

/** The drained requests take half a second each; without it the test takes shorter ones. */
const WHOLE_DRAIN = { DRAIN_WORK_MS: '500' };

/** @returns {Promise<number>} 0 if no test failed */
export async function test(node, args, settings = {}) {
  const began = performance.now();
  refuseStrays(args);
  const files = args.filter(isFile);
  const options = args.filter((arg) => !isFile(arg));
  const system = files.length > 0 ? [] : wholeSystem();
  const runs =
    files.length > 0
      ? [{ patterns: files, concurrency: 1 }]
      : [
          { patterns: [...units, ...system.filter((file) => !measuring.has(file))], concurrency: availableParallelism() },
          { patterns: system.filter((file) => measuring.has(file)), concurrency: 1 },
        ];
  const counts = [];
  let code = 0;
  for (const run of runs.filter(({ patterns }) => patterns.length > 0)) {
    const result = await runTests(node, { ...run, options, settings });
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

/** The drain with its whole requests, ten thousand requests counted, a thousand traces, every panel after a load that moves every series, simulations with ten seeds, and whatever waits for long. */
const LONGER_FORMS = { ...WHOLE_DRAIN, MIXED_REQUESTS: '1000', CONSERVATION_REQUESTS: '10000', SIMULATION_SEEDS: '10' };
const LONGER = [
  'packages/resilience/test/tools/simulate.test.ts',
  'test/process/drain.test.ts',
  'test/telemetry/conservation.test.ts',
  'test/telemetry/mixed.test.ts',
  'test/prometheus/**/*.test.ts',
  'test/slow/**/*.test.ts',
];

/** What takes longer than a developer wants to wait for. */
export function testSlow(node, args) {
  return test(node, args.length > 0 ? args : LONGER, LONGER_FORMS);
}

/** The suites with real processes and signals in their longer forms, everything on the older Node line that the services support. */
export async function testOnOlderNode(_node, args) {
  const node = await installNode('node-lts');
  return test(node, args.length > 0 ? args : ['test/process/**/*.test.ts'], WHOLE_DRAIN);
}

/** Real processes that are killed, cut off and made to fail under load: at most four minutes. */
export function testChaos(node, args) {
  return test(node, ofSuite('test/chaos', args));
}

/** What docs/proof.md lists, at its full rates and times: the longer half of the chaos suite. */
export function prove(node, args) {
  return test(node, ofSuite('test/proof', args));
}

/** The containers of docker-compose.full.yml, with a Docker engine. */
export function testCompose(node, args) {
  return test(node, ofSuite('test/compose', args));
}

/** Log lines of both services in a real Elasticsearch, with a Docker engine or ELASTICSEARCH_URL. */
export function testLogs(node, args) {
  return test(node, ofSuite('test/elasticsearch', args));
}

/** @returns {string[]} the arguments, a file of the suite also by its bare name, with all of them where none is named */
function ofSuite(folder, args) {
  const named = args.map((arg) => (existsSync(inRoot(folder, `${arg}.test.ts`)) ? `${folder}/${arg}.test.ts` : arg));
  return named.some(isFile) ? named : [...named, `${folder}/**/*.test.ts`];
}

/** A word that is neither a file nor an option nor an option's value: everything would run instead of what it was to name. */
function refuseStrays(args) {
  const stray = args.find((arg, i) => !arg.startsWith('-') && !isFile(arg) && !/^--[^=]+$/.test(args[i - 1] ?? ''));
  if (stray !== undefined) throw new Failure(`No test file ${JSON.stringify(stray)}: give a path from the root of the project`);
}

const isFile = (arg) => !arg.startsWith('-') && (/\.(test\.)?[cm]?ts$|[*?]/.test(arg) || existsSync(inRoot(arg)));

async function runTests(node, { patterns, concurrency, options, settings }) {
  const folder = inRoot('.cache', 'test-counts');
  const file = `${folder}/${process.pid}.json`;
  mkdirSync(folder, { recursive: true });
  const flags = ['--disable-warning=ExperimentalWarning', '--test', `--test-concurrency=${Math.max(1, concurrency)}`];
  if (!options.some((option) => option.startsWith('--test-timeout'))) flags.push(`--test-timeout=${LONGEST_FILE_MS}`);
  if (!options.some((option) => option.startsWith('--test-reporter'))) {
    flags.push('--test-reporter=spec', '--test-reporter-destination=stdout');
    flags.push(`--test-reporter=${new URL('counts-reporter.mjs', import.meta.url).href}`, `--test-reporter-destination=${file}`);
  }
  const env = { ...settings, ...withNodeFirst(withoutNpm(process.env), node) };
  delete env.NODE_TEST_CONTEXT;
  // Every test file and every service it starts is a process that loads the same modules.
  env.NODE_COMPILE_CACHE ??= inRoot('.cache', 'compiled');
  try {
    const code = await runOpenly(node, [...flags, ...options, ...patterns], { env, cwd: root });
    const text = existsSync(file) ? readFileSync(file, 'utf8') : '';
    const counts = text === '' ? { passed: 0, failed: code === 0 ? 0 : 1, skipped: 0 } : JSON.parse(text);
    return { code, counts, interrupted: code === 130 };
  } finally {
    rmSync(file, { force: true });
  }
}
