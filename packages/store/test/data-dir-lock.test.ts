import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdir, readFile, utimes, writeFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { FakeClock, systemClock } from '@penstock/clock';
import { DataDirInUse, lockDataDir } from '../src/index.ts';
import { tempDir } from './support/temp-dir.ts';

const lockFile = (dir: string): string => join(dir, 'penstock.lock');
const write = (dir: string, holder: object): Promise<void> => writeFile(lockFile(dir), JSON.stringify(holder));

async function deadPid(): Promise<number> {
  const child = spawn(process.execPath, ['-e', '0']);
  await once(child, 'exit');
  return child.pid!;
}

describe('the lock of DATA_DIR', () => {
  it('is refused to a second opener in one line with folder, pid and what to do', async () => {
    await using dir = await tempDir();
    const lock = await lockDataDir(dir.path, systemClock);
    await assert.rejects(lockDataDir(dir.path, systemClock), (error: Error) => {
      assert.ok(error instanceof DataDirInUse);
      assert.ok(!error.message.includes('\n'));
      for (const part of [dir.path, String(process.pid), 'another DATA_DIR']) assert.ok(error.message.includes(part), part);
      return true;
    });
    await lock.release();
  });

  it('can be taken again once it was released, and leaves no file behind', async () => {
    await using dir = await tempDir();
    await (await lockDataDir(dir.path, systemClock)).release();
    const again = await lockDataDir(dir.path, systemClock);
    await again.release();
    await again.release();
    assert.deepEqual(await readdir(dir.path), []);
  });

  it('is refused while another process that runs holds it', async () => {
    await using dir = await tempDir();
    const child = spawn(process.execPath, ['-e', 'setInterval(() => 0, 1000)']);
    await once(child, 'spawn');
    await write(dir.path, { token: 'x', pid: child.pid, host: hostname(), began: null });
    await assert.rejects(lockDataDir(dir.path, systemClock), new RegExp(`pid ${child.pid} is using it`));
    const ended = once(child, 'exit');
    child.kill();
    await ended;
    await (await lockDataDir(dir.path, systemClock)).release();
  });

  it('is taken over from a process that is dead', async () => {
    await using dir = await tempDir();
    await write(dir.path, { token: 'x', pid: await deadPid(), host: hostname(), began: '1' });
    await (await lockDataDir(dir.path, systemClock)).release();
  });

  it('is taken over from an earlier process that had our own pid, as in a restarted container', async () => {
    await using dir = await tempDir();
    await write(dir.path, { token: 'x', pid: process.pid, host: hostname(), began: '1' });
    await (await lockDataDir(dir.path, systemClock)).release();
  });

  it('is taken over where its pid now belongs to a later process', { skip: process.platform !== 'linux' }, async () => {
    await using dir = await tempDir();
    await write(dir.path, { token: 'x', pid: process.ppid, host: hostname(), began: '1' });
    await (await lockDataDir(dir.path, systemClock)).release();
  });

  it('is taken over where its file is unreadable rubbish', async () => {
    await using dir = await tempDir();
    await writeFile(lockFile(dir.path), '\0\0');
    await (await lockDataDir(dir.path, systemClock)).release();
  });

  it('of another host counts while its file is touched, and not 20 s later', async () => {
    await using dir = await tempDir();
    const clock = new FakeClock();
    await write(dir.path, { token: 'x', pid: 1, host: 'elsewhere', began: null });
    const touched = new Date(clock.now());
    await utimes(lockFile(dir.path), touched, touched);
    await assert.rejects(lockDataDir(dir.path, clock), /pid 1 on host elsewhere/);
    await clock.advance(21_000);
    const lock = await lockDataDir(dir.path, clock);
    assert.equal(JSON.parse(await readFile(lockFile(dir.path), 'utf8')).pid, process.pid);
    await lock.release();
    assert.equal(clock.pendingTimers, 0);
  });

  it('goes to one of many who find it stale at once', async () => {
    await using dir = await tempDir();
    await write(dir.path, { token: 'x', pid: await deadPid(), host: hostname(), began: '1' });
    const tries = await Promise.allSettled(Array.from({ length: 8 }, () => lockDataDir(dir.path, systemClock)));
    const won = tries.filter((each) => each.status === 'fulfilled');
    assert.equal(won.length, 1);
    await won[0]!.value.release();
  });
});
