import { execFile } from 'node:child_process';
import path from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);
const root = path.join(import.meta.dirname, '..', '..');

/** Further compose files, separated as in COMPOSE_FILE, for an engine that cannot have every image. */
const overrides = (process.env.COMPOSE_OVERRIDE ?? '').split(path.delimiter).filter((file) => file !== '');

/** The whole of docker-compose.full.yml under a project name of its own. */
export class Compose {
  readonly #project: string;
  readonly #env: Readonly<Record<string, string>>;

  constructor(env: Readonly<Record<string, string>>, project = 'penstock-test') {
    this.#env = env;
    this.#project = project;
  }

  /** Why there is no Docker engine to test with, or undefined. */
  static async missing(): Promise<string | undefined> {
    try {
      await run('docker', ['info', '--format', '{{.ServerVersion}}'], { timeout: 20_000 });
      await run('docker', ['compose', 'version'], { timeout: 20_000 });
      return undefined;
    } catch (error) {
      const { stderr, message } = error as Error & { stderr?: string };
      return (stderr || message).trim().split('\n')[0];
    }
  }

  async compose(...args: readonly string[]): Promise<string> {
    const files = ['docker-compose.full.yml', ...overrides].flatMap((file) => ['-f', file]);
    const { stdout } = await run('docker', ['compose', '-p', this.#project, ...files, ...args], {
      cwd: root,
      env: { ...process.env, ...this.#env },
      maxBuffer: 2 ** 26,
    });
    return stdout;
  }

  async services(): Promise<readonly string[]> {
    return (await this.compose('config', '--services')).trim().split('\n').sort();
  }

  /** What `docker inspect` says about the state of one service's container. */
  async state(service: string): Promise<{ readonly ExitCode: number; readonly Health?: { readonly Status: string } }> {
    const id = (await this.compose('ps', '--all', '--quiet', service)).trim();
    const { stdout } = await run('docker', ['inspect', '--format', '{{json .State}}', id]);
    return JSON.parse(stdout);
  }
}
