import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync } from 'node:fs';
import path from 'node:path';
import { promisify } from 'node:util';
import { until } from '../../support/process.ts';

const CONFIG = path.join(import.meta.dirname, '../../../deploy/logs/filebeat.yml');

/** The real shipper: `FILEBEAT_BIN`, or what is on the path; undefined where there is none. */
export async function findFilebeat(): Promise<string | undefined> {
  const binary = process.env.FILEBEAT_BIN ?? 'filebeat';
  try {
    await promisify(execFile)(binary, ['version'], { timeout: 60_000 });
    return binary;
  } catch (error) {
    if (process.env.FILEBEAT_BIN === undefined && (error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}

/** Filebeat with deploy/logs/filebeat.yml as it stands, over the log files below a folder. */
export class Filebeat {
  readonly #child: ChildProcess;
  #output = '';

  private constructor(child: ChildProcess) {
    this.#child = child;
    for (const stream of [child.stdout, child.stderr]) stream?.on('data', (chunk: Buffer) => (this.#output += chunk.toString()));
  }

  static async start(binary: string, folder: string, elasticsearchUrl: string): Promise<Filebeat> {
    const home = path.join(folder, '.filebeat');
    mkdirSync(path.join(home, 'module'), { recursive: true });
    // The file belongs to whoever has checked it out.
    const args = ['-c', CONFIG, '--strict.perms=false', '--path.home', home];
    const env = { ...process.env, LOG_FILES: `${folder}/*/*-json.log`, ELASTICSEARCH_URL: elasticsearchUrl };
    await promisify(execFile)(binary, ['test', 'output', ...args], { env, timeout: 60_000 });
    const filebeat = new Filebeat(spawn(binary, ['-e', ...args], { env, stdio: ['ignore', 'pipe', 'pipe'] }));
    await until('filebeat to start its input', () => filebeat.#output.includes('starting input'));
    return filebeat;
  }

  async stop(): Promise<void> {
    const ended = once(this.#child, 'close');
    this.#child.kill('SIGTERM');
    await ended;
  }
}
