// The packages of the workspace, installed by the pinned pnpm whenever what decides about them has changed.

import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { causeOf, Failure, tailOf } from './failure.mjs';
import { inRoot, readJson } from './paths.mjs';
import { readStamp, writeStamp } from './stamp.mjs';

const { packageManager } = readJson('package.json');
const stamp = inRoot('node_modules', '.penstock-installed');

export const packages = {
  get areThere() {
    return readStamp(stamp) === wanted();
  },

  /** @param env has the Node first on PATH that pnpm is to run on */
  async install(npm, env) {
    const now = wanted();
    const pnpm = ['exec', '--yes', '--prefer-offline', `--package=${packageManager}`, '--', 'pnpm'];
    const install = ['install', '--frozen-lockfile', '--prefer-offline', '--config.confirmModulesPurge=false'];
    const { code, output } = await npm([...pnpm, ...install], { env });
    if (code !== 0) {
      const cause = causeOf(output) ?? 'pnpm says why';
      throw new Failure(`The packages could not be installed: ${cause}`, { tail: tailOf(output) });
    }
    writeStamp(stamp, now);
  },
};

/** A digest of everything that decides what the installation looks like. */
function wanted() {
  const hash = createHash('sha256').update(`${process.platform} ${process.arch} ${packageManager}`);
  const manifests = ['packages', 'services'].flatMap((folder) =>
    readdirSync(inRoot(folder))
      .map((name) => inRoot(folder, name, 'package.json'))
      .filter((file) => existsSync(file))
      .sort(),
  );
  for (const file of [inRoot('pnpm-lock.yaml'), inRoot('pnpm-workspace.yaml'), inRoot('package.json'), ...manifests]) {
    hash.update(readFileSync(file)).update('\0');
  }
  return hash.digest('hex');
}
