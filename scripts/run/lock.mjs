// One installation at a time in a clone. The lock is a file that its owner touches as long as it lives.

import { existsSync, linkSync, mkdirSync, readFileSync, renameSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { dirname } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

const touchEveryMs = 2000;
const staleAfterMs = 15_000;
const lookEveryMs = 200;

/** Runs `work` while no other process holds `file`. `onWait` is called once if another one does. */
export async function underLock(file, work, onWait) {
  mkdirSync(dirname(file), { recursive: true });
  const mine = `${file}.${process.pid}`;
  writeFileSync(mine, JSON.stringify({ pid: process.pid, host: hostname() }));
  const removeMine = () => rmSync(mine, { force: true });
  try {
    let waited = false;
    while (!take(mine, file)) {
      if (!waited) onWait();
      waited = true;
      await sleep(lookEveryMs);
    }
  } finally {
    removeMine();
  }
  const release = () => rmSync(file, { force: true });
  const beat = setInterval(() => existsSync(file) && utimesSync(file, new Date(), new Date()), touchEveryMs);
  process.once('exit', release);
  try {
    return await work();
  } finally {
    clearInterval(beat);
    process.off('exit', release);
    release();
  }
}

/** A link appears whole or not at all, so that nobody reads a lock that is half written. */
function take(mine, file) {
  try {
    linkSync(mine, file);
    return true;
  } catch (error) {
    if (error.code !== 'EEXIST') throw error;
    if (isStale(file)) setAside(file, `${mine}.stale`);
    return false;
  }
}

function isStale(file) {
  try {
    const { pid, host } = JSON.parse(readFileSync(file, 'utf8'));
    if (Date.now() - statSync(file).mtimeMs > staleAfterMs) return true;
    return host === hostname() && !isAlive(pid);
  } catch (error) {
    if (error.code === 'ENOENT') return false;
    throw error;
  }
}

/** Of several that saw the same stale lock one moves it away; whoever moved a fresh one by mistake puts it back. */
function setAside(file, aside) {
  try {
    renameSync(file, aside);
    if (!isStale(aside)) linkSync(aside, file);
    rmSync(aside, { force: true });
  } catch (error) {
    if (error.code !== 'ENOENT' && error.code !== 'EEXIST') throw error;
    rmSync(aside, { force: true });
  }
}

function isAlive(pid) {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error.code === 'EPERM';
  }
}
