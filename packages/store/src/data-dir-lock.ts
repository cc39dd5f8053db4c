import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { link, mkdir, open, readFile, rename, stat, unlink, utimes } from 'node:fs/promises';
import { hostname } from 'node:os';
import { join, resolve } from 'node:path';
import type { Clock, Timer } from '@penstock/clock';

/** The folder belongs to another process; the message is one line with folder, pid and what to do. */
export class DataDirInUse extends Error {
  override readonly name = 'DataDirInUse';
}

export interface DataDirLock {
  release(): Promise<void>;
}

interface Holder {
  readonly token: string;
  readonly pid: number;
  readonly host: string;
  /** When the process began, in the kernel's ticks; tells a process from a later one with the same pid. */
  readonly began: string | null;
}

const HEARTBEAT_MS = 5000;
const STALE_AFTER_MS = 20_000;
const held = new Set<string>();

/**
 * Takes `<dataDir>/penstock.lock`. A lock left by a process that no longer runs is taken over: on the same host by its
 * pid, on another host (a folder shared by containers) when its file has not been touched for 20 s.
 *
 * @throws DataDirInUse
 */
export async function lockDataDir(dataDir: string, clock: Clock): Promise<DataDirLock> {
  const folder = resolve(dataDir);
  const path = join(folder, 'penstock.lock');
  await mkdir(folder, { recursive: true });
  if (held.has(path)) throw inUse(folder, `this process (pid ${process.pid}) has it open already`);
  held.add(path);
  try {
    const me: Holder = { token: randomUUID(), pid: process.pid, host: hostname(), began: beganAt(process.pid) };
    while (!(await created(path, me))) await removeStale(path, folder, clock);
    return holding(path, me, clock);
  } catch (error) {
    held.delete(path);
    throw error;
  }
}

function holding(path: string, me: Holder, clock: Clock): DataDirLock {
  let timer: Timer | undefined;
  const beat = (): void => {
    const now = new Date(clock.now());
    // A touch that fails (folder removed, disk gone) costs nothing here: whoever writes there next will say so.
    utimes(path, now, now).catch(() => undefined);
    timer = clock.timer(HEARTBEAT_MS, beat, { keepAlive: false });
  };
  beat();
  return {
    async release() {
      if (!held.delete(path)) return;
      timer?.cancel();
      if ((await holderOf(path))?.token === me.token) await unlink(path);
    },
  };
}

async function created(path: string, me: Holder): Promise<boolean> {
  // Written aside and linked: nobody ever sees a lock without its content.
  const aside = `${path}.${me.token}`;
  const file = await open(aside, 'wx');
  try {
    await file.writeFile(`${JSON.stringify(me)}\n`);
  } finally {
    await file.close();
  }
  try {
    await link(aside, path);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  } finally {
    await unlink(aside);
  }
}

async function removeStale(path: string, folder: string, clock: Clock): Promise<void> {
  const holder = await holderOf(path);
  if (holder === undefined) return;
  const ageMs = await stat(path).then(
    ({ mtimeMs }) => clock.now() - mtimeMs,
    () => Number.POSITIVE_INFINITY,
  );
  const alive = isAlive(holder, ageMs);
  if (alive !== undefined) throw inUse(folder, alive);
  // Moved aside first: if another process was quicker, what was moved is its lock, and goes back.
  const aside = `${path}.stale-${randomUUID()}`;
  try {
    await rename(path, aside);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return;
    throw error;
  }
  if ((await holderOf(aside))?.token !== holder.token) await link(aside, path);
  await unlink(aside);
}

/** Why the holder counts as running, or undefined where it does not. */
function isAlive(holder: Holder, ageMs: number): string | undefined {
  if (holder.host !== hostname()) {
    if (ageMs > STALE_AFTER_MS) return undefined;
    return `pid ${holder.pid} on host ${holder.host} used it ${Math.max(0, Math.round(ageMs / 1000))} s ago`;
  }
  // The same pid as ours, and not in `held`: we are a restarted container, where every process has pid 1.
  if (holder.pid === process.pid || !isRunning(holder.pid)) return undefined;
  if (holder.began !== null && holder.began !== beganAt(holder.pid)) return undefined;
  return `pid ${holder.pid} is using it`;
}

function isRunning(pid: number): boolean {
  // Zero and below name groups of processes.
  if (!Number.isSafeInteger(pid) || pid < 1) return false;
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

/** Field 22 of /proc/<pid>/stat (proc(5)); null where there is no such file. */
function beganAt(pid: number): string | null {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19] ?? null;
  } catch {
    return null;
  }
}

/** Undefined where there is no lock; a lock that cannot be read belongs to nobody who runs. */
async function holderOf(path: string): Promise<Holder | undefined> {
  try {
    const holder = JSON.parse(await readFile(path, 'utf8')) as Partial<Holder>;
    return { token: holder.token ?? '', pid: holder.pid ?? -1, host: holder.host ?? hostname(), began: holder.began ?? null };
  } catch (error) {
    if (error instanceof SyntaxError) return { token: '', pid: -1, host: hostname(), began: null };
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}

const inUse = (folder: string, why: string): DataDirInUse =>
  new DataDirInUse(`DATA_DIR ${folder} is in use: ${why}. Stop that process, or give this one another DATA_DIR.`);
