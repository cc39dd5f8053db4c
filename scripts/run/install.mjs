// Brings Node and the packages of the workspace, where they are missing or older than the lockfiles.

import { forPackageManagers, withNodeFirst } from './environment.mjs';
import { underLock } from './lock.mjs';
import { machineNpm } from './npm.mjs';
import { packages } from './packages.mjs';
import { inRoot, readJson } from './paths.mjs';
import { PinnedNode } from './pinned-node.mjs';
import { say, step } from './say.mjs';

/** @returns {Promise<string>} path of a Node that is new enough, with everything installed for it */
export async function installWhatIsMissing() {
  const node = usableNode();
  if (!node.isThere || !packages.areThere) {
    await installing(async (npm, env) => {
      if (!node.isThere) await step(`Node ${node.version} installed`, () => node.install(npm, env));
      if (!packages.areThere) await step('Packages installed', () => packages.install(npm, withNodeFirst(env, node.path)));
    });
  }
  return node.path;
}

/** @returns {Promise<string>} path of the Node that a folder below tools/ pins */
export async function installNode(folder) {
  const node = new PinnedNode(folder);
  if (!node.isThere) {
    await installing(async (npm, env) => {
      if (!node.isThere) await step(`Node ${node.version} installed`, () => node.install(npm, env));
    });
  }
  return node.path;
}

function usableNode() {
  const needed = Number.parseInt(readJson('package.json').engines.node.replace(/\D+/, ''), 10);
  const running = Number.parseInt(process.versions.node, 10);
  return running >= needed ? { isThere: true, path: process.execPath } : new PinnedNode('node');
}

async function installing(work) {
  const env = forPackageManagers(process.env);
  await underLock(
    inRoot('.cache', 'install.lock'),
    async () => work(await machineNpm(env), env),
    () => say.line('Waiting for another run in this clone to finish installing'),
  );
}
