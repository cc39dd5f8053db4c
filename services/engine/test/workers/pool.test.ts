import assert from 'node:assert/strict';
import path from 'node:path';
import { afterEach, describe, it } from 'node:test';
import { setTimeout as wait } from 'node:timers/promises';
import { systemClock } from '@penstock/clock';
import { ProblemError } from '@penstock/contracts';
import { fastestOfFive } from '../../../../test/support/busy.ts';
import { type PoolTask, WorkerPool } from '../../src/workers/pool.ts';

const filename = path.join(import.meta.dirname, 'fixtures/misbehaving-worker.ts');
const crashes: Error[] = [];
const pools: WorkerPool[] = [];

async function poolOf(workers: number, queue = 10, memoryMb = 2048): Promise<WorkerPool> {
  const pool = new WorkerPool({
    workers,
    queue,
    memoryMb,
    clock: systemClock,
    filename,
    onCrash: (error) => crashes.push(error),
  });
  pools.push(pool);
  await pool.warmUp();
  return pool;
}

afterEach(async () => {
  await Promise.all(pools.splice(0).map((pool) => pool.close()));
  crashes.length = 0;
});

const task = (analysisId: string) => ({ kind: 'analysis', analysisId, dataset: { rows: 7 }, columns: [] }) as unknown as PoolTask;
const never = new AbortController().signal;

async function busy(pool: WorkerPool, active: number): Promise<void> {
  while (pool.load.active !== active) await wait(1);
}

describe('a worker pool', () => {
  for (const kind of ['attentive', 'deaf']) {
    it(`frees the thread of ${kind === 'deaf' ? 'a worker that does not listen' : 'an attentive worker'} within 50 ms of an abort`, async () => {
      const pool = await poolOf(1);
      const fastest = await fastestOfFive(50, async () => {
        const leaving = new AbortController();
        const running = pool.run(task(kind), leaving.signal);
        await busy(pool, 1);
        const leftAt = performance.now();
        leaving.abort(new Error('gone'));
        await assert.rejects(running, /gone/);
        const took = performance.now() - leftAt;
        assert.deepEqual(pool.load, { active: 0, queued: 0, workers: 1 });
        assert.equal((await pool.run(task('next'), never)).kind, 'finished');
        return took;
      });
      assert.ok(fastest < 50, `${fastest.toFixed(1)} ms`);
    });
  }

  it('drops what waits as soon as it is aborted, without ending a thread', async () => {
    const pool = await poolOf(1);
    const [first, second] = [new AbortController(), new AbortController()];
    const running = pool.run(task('attentive'), first.signal);
    await busy(pool, 1);
    const waiting = pool.run(task('next'), second.signal);
    assert.deepEqual(pool.load, { active: 1, queued: 1, workers: 1 });
    second.abort(new Error('gone'));
    await assert.rejects(waiting, /gone/);
    assert.deepEqual(pool.load, { active: 1, queued: 0, workers: 1 });
    first.abort(new Error('gone too'));
    await assert.rejects(running, /gone too/);
  });

  it('refuses more than its queue holds, saying when to come back', async () => {
    const pool = await poolOf(1, 1);
    const leaving = new AbortController();
    const accepted = [pool.run(task('attentive'), leaving.signal), pool.run(task('attentive'), leaving.signal)];
    await assert.rejects(pool.run(task('next'), never), (error: unknown) => {
      assert.ok(error instanceof ProblemError);
      assert.equal(error.code, 'overloaded');
      assert.ok((error.options.retryAfterS ?? 0) >= 1);
      return true;
    });
    leaving.abort(new Error('gone'));
    assert.ok((await Promise.allSettled(accepted)).every(({ status }) => status === 'rejected'));
  });

  for (const kind of ['throws', 'exits']) {
    it(`fails only the task whose worker ${kind}`, async () => {
      const pool = await poolOf(2);
      const leaving = new AbortController();
      const other = pool.run(task('attentive'), leaving.signal);
      await busy(pool, 1);
      await assert.rejects(
        pool.run(task(kind), never),
        (error: unknown) => error instanceof ProblemError && error.code === 'internal',
      );
      assert.equal(crashes.length, 1);
      assert.deepEqual(pool.load, { active: 1, queued: 0, workers: 2 });
      assert.equal((await pool.run(task('next'), never)).kind, 'finished');
      assert.ok(pool.ready);
      leaving.abort(new Error('done'));
      await assert.rejects(other, /done/);
    });
  }

  for (const kind of ['memory', 'allocation']) {
    it(`calls the data too large when a worker runs out of ${kind === 'memory' ? 'heap' : 'memory for an array'}, and goes on`, async () => {
      const pool = await poolOf(1, 10, 64);
      await assert.rejects(pool.run(task(kind), never), (error: unknown) => {
        assert.ok(error instanceof ProblemError);
        assert.equal(error.code, 'invalid_analysis', 'neither tried again nor counted against the engine');
        assert.match(error.message, /7 rows by 0 columns needed more than the 64 MB/);
        return true;
      });
      assert.equal((await pool.run(task('next'), never)).kind, 'finished');
    });
  }

  it('does not begin what is aborted already', async () => {
    const pool = await poolOf(1);
    await assert.rejects(pool.run(task('next'), AbortSignal.abort(new Error('too late'))), /too late/);
  });
});
