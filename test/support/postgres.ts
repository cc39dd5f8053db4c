import { execFile } from 'node:child_process';
import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { freePorts } from './free-ports.ts';
import type { Available } from './require-server.ts';

const run = promisify(execFile);

/** A PostgreSQL of its own in a temporary folder, listening on 127.0.0.1. */
export interface TestPostgres {
  readonly url: string;
  /** Stops it as a crash would; `start` brings it back on the same port with its data. */
  crash(): Promise<void>;
  start(): Promise<void>;
  close(): Promise<void>;
}

const isRoot = process.getuid?.() === 0;

/** Whether `initdb`, `pg_ctl` and, for root, `runuser` with a user `postgres` are there. */
export async function postgresAvailable(): Promise<Available> {
  try {
    await asOwner('initdb', ['--version']);
    await asOwner('pg_ctl', ['--version']);
    return true;
  } catch (error) {
    return `initdb and pg_ctl cannot be run (${(error as Error).message.split('\n')[0]})`;
  }
}

export async function startPostgres(): Promise<TestPostgres> {
  const folder = await mkdtemp(join(tmpdir(), 'penstock-postgres-'));
  const data = join(folder, 'data');
  if (isRoot) await run('chown', ['postgres', folder]);
  else await chmod(folder, 0o700);
  await asOwner('initdb', ['-D', data, '-U', 'penstock', '--auth=trust', '--encoding=UTF8', '--no-locale', '--no-sync']);
  const [port = 0] = await freePorts(1);
  const settings = `-p ${port} -c listen_addresses=127.0.0.1 -c unix_socket_directories=${folder} -c fsync=off`;
  const start = async (): Promise<void> => {
    await asOwner('pg_ctl', ['-D', data, '-l', join(folder, 'log'), '-w', '-t', '60', '-o', settings, 'start']);
  };
  const stop = (): Promise<unknown> => asOwner('pg_ctl', ['-D', data, '-m', 'immediate', '-w', 'stop']);
  let running = false;
  const server: TestPostgres = {
    url: `postgres://penstock@127.0.0.1:${port}/postgres`,
    async start() {
      await start();
      running = true;
    },
    async crash() {
      running = false;
      await stop();
    },
    async close() {
      if (running) await server.crash();
      await rm(folder, { recursive: true, force: true });
    },
  };
  await server.start();
  return server;
}

// PostgreSQL refuses to run as root.
function asOwner(command: string, args: readonly string[]): Promise<unknown> {
  const options = { cwd: tmpdir() };
  return isRoot ? run('runuser', ['-u', 'postgres', '--', command, ...args], options) : run(command, [...args], options);
}
