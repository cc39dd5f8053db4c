// What must not stand in tracked files: paths of one machine, addresses of one registry, words that stand
// where work is missing, empty catches, tests that hide others, and clocks or chance in pure packages.

import { readFileSync } from 'node:fs';
import { inRoot } from './paths.mjs';
import { runTool } from './tool.mjs';

const source = /\.(ts|mjs|js|sh)$/;
const lockfile = /(^|\/)(pnpm-lock\.yaml|package-lock\.json)$/;
const own = /^scripts\/run\/check-tree\.mjs$/;

const rules = [
  { name: 'path of one machine', files: /./, not: lockfile, pattern: /(^|[^\w.@-])\/(work|root|farm)\/[a-z]/ },
  { name: 'address in a lockfile', files: lockfile, pattern: /^\s*"?(resolved|tarball)"?:|tarball: *http/ },
  {
    name: 'word that stands for missing work',
    files: source,
    pattern: /\b(TODO|FIXME|XXX|HACK)\b|\bnot implemented\b|\bfor now\b/,
  },
  { name: 'empty catch', files: source, pattern: /catch *(\([^)]*\))? *\{ *\}/ },
  { name: 'test that hides others', files: /\.test\.ts$/, pattern: /\b(test|it|describe|suite)\.only\(|\bonly: true/ },
  {
    name: 'clock, chance or environment in a pure package',
    files: /^packages\/(causal|figures|resilience)\/src\//,
    pattern:
      /\bDate\.now\(|\bnew Date\(\)|\bperformance\.now\(|\bMath\.random\(|\bset(Timeout|Interval|Immediate)\(|\bprocess\.(env|hrtime)\b/,
  },
];

/** @returns {Promise<string[]>} one line per finding: file:line: rule: text */
export async function checkTree() {
  const { code, output } = await runTool('git', ['ls-files', '-z']);
  if (code !== 0) return [`git ls-files failed: ${output.trim()}`];
  const files = output.split('\0').filter((file) => file !== '' && !own.test(file));
  return files.flatMap((file) => {
    const applying = rules.filter((rule) => rule.files.test(file) && !rule.not?.test(file));
    return applying.length === 0 ? [] : look(file, applying);
  });
}

function look(file, applying) {
  const bytes = readIfThere(file);
  if (bytes === undefined || bytes.subarray(0, 8000).includes(0)) return [];
  const lines = bytes.toString('utf8').split('\n');
  return lines.flatMap((line, index) =>
    applying
      .filter(({ pattern }) => pattern.test(line))
      .map(({ name }) => `${file}:${index + 1}: ${name}: ${line.trim().slice(0, 120)}`),
  );
}

/** A tracked file may be deleted in the working tree. */
function readIfThere(file) {
  try {
    return readFileSync(inRoot(file));
  } catch (error) {
    if (error.code === 'ENOENT' || error.code === 'EISDIR') return undefined;
    throw error;
  }
}
