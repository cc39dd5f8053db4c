import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import net from 'node:net';

/** Node that runs the services: the one that runs the tests, or another that must work as well. */
const NODE = process.env.PENSTOCK_NODE ?? process.execPath;

export interface Exit {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

/** A child process with its output kept. */
export class Running {
  readonly child: ChildProcess;
  readonly exited: Promise<Exit>;
  #output = '';

  constructor(child: ChildProcess) {
    this.child = child;
    for (const stream of [child.stdout, child.stderr])
      stream?.on('data', (chunk: Buffer) => (this.#output += chunk.toString('utf8')));
    // 'close' and not 'exit': by then all of the output has been read.
    this.exited = once(child, 'close').then(([code, signal]) => ({ code, signal }) as Exit);
  }

  get output(): string {
    return this.#output;
  }

  get running(): boolean {
    return this.child.exitCode === null && this.child.signalCode === null;
  }

  kill(signal: NodeJS.Signals): void {
    this.child.kill(signal);
  }

  /** Ends it by its pid, at once if need be. */
  async end(): Promise<Exit> {
    if (this.running) this.kill('SIGKILL');
    return this.exited;
  }
}

/** @param stdout a descriptor that takes its standard output, which is then not kept here */
export function runNode(script: string, env: Readonly<Record<string, string>>, stdout: 'pipe' | number = 'pipe'): Running {
  return new Running(spawn(NODE, [script], { env: { ...cleanEnvironment(), ...env }, stdio: ['ignore', stdout, 'pipe'] }));
}

// What a developer has set for their own pair must not change what the tests see.
function cleanEnvironment(): NodeJS.ProcessEnv {
  const { PATH, HOME, TMPDIR, LANG, NODE_COMPILE_CACHE } = process.env;
  return { PATH, HOME, TMPDIR, LANG, NODE_COMPILE_CACHE };
}

export async function freePort(): Promise<number> {
  const server = net.createServer();
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  await once(server, 'close');
  if (address === null || typeof address === 'string') throw new Error('no port was given');
  return address.port;
}

/** Asks again until `check` gives something, or fails with what was waited for. */
export async function until<T>(
  what: string,
  check: () => Promise<T | undefined | false> | T | undefined | false,
  limitMs = 60_000,
): Promise<T> {
  const deadline = Date.now() + limitMs;
  for (;;) {
    const value = await check();
    if (value !== undefined && value !== false) return value;
    if (Date.now() > deadline) throw new Error(`waited ${limitMs} ms in vain for ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}
