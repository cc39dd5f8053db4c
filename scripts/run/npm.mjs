// The machine's npm, started by the machine's Node: the pinned Node may be too new for an old npm.

import { existsSync, realpathSync } from 'node:fs';
import { delimiter, dirname, join } from 'node:path';
import { Failure } from './failure.mjs';
import { runTool } from './tool.mjs';

/** The oldest npm that reads the lockfile in tools/node (version 3) and has `npm exec`. */
const oldest = 7;

/** Path of npm-cli.js: that of the npm which runs this script, else the one on PATH. */
function findNpm() {
  const running = process.env.npm_execpath;
  if (running !== undefined && /npm-cli\.js$/.test(running) && existsSync(running)) return running;
  const beside = (bin) => [
    join(bin, 'npm'),
    join(dirname(bin), 'lib', 'node_modules', 'npm', 'bin', 'npm-cli.js'),
    join(bin, 'node_modules', 'npm', 'bin', 'npm-cli.js'),
  ];
  const bins = [dirname(process.execPath), ...(process.env.PATH ?? '').split(delimiter)].filter(Boolean);
  for (const candidate of bins.flatMap(beside)) {
    if (!existsSync(candidate)) continue;
    const real = realpathSync(candidate);
    if (real.endsWith('.js')) return real;
  }
  throw new Failure('npm was not found: it is needed to install Node and packages; install Node.js with npm >= 7');
}

/** @returns {Promise<(args: string[], options: object) => ReturnType<typeof runTool>>} */
export async function machineNpm(env) {
  const cli = findNpm();
  const npm = (args, options) => runTool(process.execPath, [cli, ...args], options);
  const { code, output } = await npm(['--version'], { env });
  const version = output.trim().split('\n').at(-1) ?? '';
  if (code !== 0 || !(Number.parseInt(version, 10) >= oldest)) {
    throw new Failure(`npm ${version} is too old: npm >= ${oldest} is needed (it comes with Node.js >= 16)`);
  }
  return npm;
}
