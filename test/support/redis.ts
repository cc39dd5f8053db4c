import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { freePorts } from './free-ports.ts';
import type { Available } from './require-server.ts';

/** A Redis of its own, without persistence, listening on 127.0.0.1. */
export interface TestRedis {
  readonly url: string;
  readonly port: number;
  /** Ends it by SIGKILL; `start` brings an empty one back on the same port. */
  kill(): Promise<void>;
  start(): Promise<void>;
  /** Stops answering, with its connections open; `resume` goes on. */
  pause(): void;
  resume(): void;
  /** Sends words without spaces in them, such as `REPLICAOF NO ONE`; what it answers, as the protocol has it. */
  command(words: string): Promise<string>;
  close(): Promise<void>;
}

export async function redisAvailable(): Promise<Available> {
  try {
    await promisify(execFile)('redis-server', ['--version']);
    return true;
  } catch (error) {
    return `redis-server cannot be run (${(error as Error).message.split('\n')[0]})`;
  }
}

export async function startRedis(): Promise<TestRedis> {
  const folder = await mkdtemp(join(tmpdir(), 'penstock-redis-'));
  const [port = 0] = await freePorts(1);
  let child: ChildProcess | undefined;
  const server: TestRedis = {
    url: `redis://127.0.0.1:${port}`,
    port,
    async start() {
      const args = ['--port', String(port), '--bind', '127.0.0.1', '--save', '', '--appendonly', 'no', '--dir', folder];
      // A replica is not kept waiting for others that may come.
      const started = spawn('redis-server', [...args, '--repl-diskless-sync-delay', '0'], {
        stdio: ['ignore', 'pipe', 'inherit'],
      });
      child = started;
      for await (const line of started.stdout) if (String(line).includes('Ready to accept connections')) break;
      started.stdout.resume();
    },
    async kill() {
      const ending = child;
      child = undefined;
      if (ending === undefined || ending.exitCode !== null) return;
      const ended = once(ending, 'exit');
      ending.kill('SIGKILL');
      await ended;
    },
    pause: () => void child?.kill('SIGSTOP'),
    resume: () => void child?.kill('SIGCONT'),
    async command(words) {
      const socket = connect(port, '127.0.0.1');
      socket.write(`${words}\r\n`);
      const [answer] = (await once(socket, 'data')) as [Buffer];
      socket.destroy();
      return answer.toString().trimEnd();
    },
    async close() {
      await server.kill();
      await rm(folder, { recursive: true, force: true });
    },
  };
  await server.start();
  return server;
}
