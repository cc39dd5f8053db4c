// Mutation testing of packages/resilience with Stryker, which tools/mutation pins and only this command installs.

import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { forPackageManagers, withNodeFirst, withoutNpm } from './environment.mjs';
import { causeOf, Failure, tailOf } from './failure.mjs';
import { underLock } from './lock.mjs';
import { machineNpm } from './npm.mjs';
import { inRoot, root } from './paths.mjs';
import { say, step } from './say.mjs';
import { readStamp, writeStamp } from './stamp.mjs';
import { runOpenly } from './tool.mjs';

const folder = inRoot('tools', 'mutation');
const stamp = inRoot('tools', 'mutation', 'node_modules', '.penstock-installed');
const stryker = inRoot('tools', 'mutation', 'node_modules', '@stryker-mutator', 'core', 'bin', 'stryker.js');

/** @returns {Promise<number>} 0 if the score is not below the threshold of tools/mutation/stryker.config.mjs */
export async function mutation(node, args) {
  if (readStamp(stamp) !== wanted()) await install(node);
  const env = withNodeFirst(withoutNpm(process.env), node);
  return runOpenly(node, [stryker, 'run', 'tools/mutation/stryker.config.mjs', ...args], { env, cwd: root });
}

async function install(node) {
  const env = forPackageManagers(process.env);
  await underLock(
    inRoot('.cache', 'install.lock'),
    async () => {
      const npm = await machineNpm(env);
      await step('Stryker installed', () => installWith(npm, withNodeFirst(env, node)));
    },
    () => say.line('Waiting for another run in this clone to finish installing'),
  );
}

async function installWith(npm, env) {
  const now = wanted();
  const args = ['ci', '--prefer-offline', '--ignore-scripts', '--include=dev', '--loglevel=http'];
  const { code, output } = await npm(args, { env, cwd: folder });
  if (code !== 0) {
    throw new Failure(`Stryker could not be installed: ${causeOf(output) ?? 'npm says why'}`, { tail: tailOf(output) });
  }
  writeStamp(stamp, now);
}

function wanted() {
  return createHash('sha256')
    .update(readFileSync(inRoot('tools', 'mutation', 'package-lock.json')))
    .digest('hex');
}
