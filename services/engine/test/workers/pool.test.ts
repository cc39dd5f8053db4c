import assert from 'node:assert/strict';
import path from 'node:path';
import { afterEach, describe, it } from 'node:test';
import { setTimeout as wait } from 'node:timers/promises';
import { systemClock, systemRandom } from '@penstock/clock';
import { ProblemError } from '@penstock/contracts';
import { OverloadedError, type PolicyEvent, type Priority } from '@penstock/resilience';
import { fastestOfFive } from '../../../../test/support/busy.ts';
import { type PoolLoad, type PoolTask, WorkerPool } from '../../src/workers/pool.ts';

const filename = path.join(import.meta.dirname, 'fixtures/misbehaving-worker.ts');
const crashes: Error[] = [];
const pools: WorkerPool[] = [];
const events: PolicyEvent[] = [];

async function poolOf(workers: number, queue = 10, { memoryMb = 2048, adaptive = true } = {}): Promise<WorkerPool> {
  const pool = new WorkerPool({
    workers,
    queue,
    adaptive,
    memoryMb,
    clock: systemClock,
    random: systemRandom,
    filename,
    onCrash: (error) => crashes.push(error),
    onEvent: (event) => events.push(event),
  });
  pools.push(pool);
  await pool.warmUp();
  return pool;
}

afterEach(async () => {
  await Promise.all(pools.splice(0).map((pool) => pool.close()));
  crashes.length = 0;
  events.length = 0;
});

const task = (analysisId: string) => ({ kind: 'analysis', analysisId, dataset: { rows: 7 }, columns: [] }) as unknown as PoolTask;
const never = new AbortController().signal;

async function busy(pool: WorkerPool, active: number): Promise<void> {
  while (pool.load.active !== active) await wait(1);
}

/** Of one look: between two of them a thread may have begun. */
const tasksIn = ({ active, queued }: PoolLoad): number => active + queued;

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

  it('keeps the thread of work that is aborted before it has begun', async () => {
    const pool = await poolOf(1);
    const threadOf = async (): Promise<unknown> =>
      ((await pool.run(task('next'), never)) as unknown as { thread: number }).thread;
    const thread = await threadOf();
    for (let i = 0; i < 5; i++) {
      const leaving = new AbortController();
      const running = pool.run(task('attentive'), leaving.signal);
      await Promise.resolve();
      leaving.abort(new Error('gone'));
      await assert.rejects(running, /gone/);
    }
    assert.equal(await threadOf(), thread);
  });

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

  it('refuses more than its queue holds, saying when to come back and on what that rests', async () => {
    const pool = await poolOf(1, 1);
    const leaving = new AbortController();
    const accepted = [pool.run(task('attentive'), leaving.signal), pool.run(task('attentive'), leaving.signal)];
    await assert.rejects(pool.run(task('next'), never), (error: unknown) => {
      assert.ok(error instanceof ProblemError);
      assert.equal(error.code, 'overloaded');
      assert.ok((error.options.retryAfterS ?? 0) >= 1);
      assert.ok(error.options.cause instanceof OverloadedError);
      assert.deepEqual([error.options.cause.inFlight, error.options.cause.limit], [2, 2]);
      return true;
    });
    assert.deepEqual(
      events.map((event) => event.type === 'concurrency_shed' && [event.priority, event.inFlight, event.limit]),
      [['interactive', 2, 2]],
    );
    leaving.abort(new Error('gone'));
    assert.ok((await Promise.allSettled(accepted)).every(({ status }) => status === 'rejected'));
  });

  it('begins interactive work before batch work, each in its order, and what became interactive while it waited', async () => {
    const pool = await poolOf(1, 20);
    const blocking = new AbortController();
    const blocker = pool.run(task('attentive'), blocking.signal);
    await busy(pool, 1);
    const ended: string[] = [];
    const start = (name: string, priority: () => Priority) =>
      pool.run(task(name), never, priority).then(() => void ended.push(name));
    let risen: Priority = 'batch';
    const all = [
      start('batch 1', () => 'batch'),
      start('batch 2', () => 'batch'),
      start('interactive 1', () => 'interactive'),
      start('risen', () => risen),
      start('interactive 2', () => 'interactive'),
    ];
    risen = 'interactive';
    blocking.abort(new Error('done'));
    await assert.rejects(blocker, /done/);
    await Promise.all(all);
    assert.deepEqual(ended, ['interactive 1', 'risen', 'interactive 2', 'batch 1', 'batch 2']);
  });

  it('begins the newest first while callers give up waiting, also those who hang up just after their turn has come', async () => {
    const pool = await poolOf(1, 20);
    const blocking = new AbortController();
    const blocker = pool.run(task('attentive'), blocking.signal);
    await busy(pool, 1);
    const impatient = Array.from({ length: 10 }, () => {
      const leaving = new AbortController();
      const ended = pool.run(task('attentive'), leaving.signal).catch(() => undefined);
      return { leaving, ended };
    });
    await wait(200);
    blocking.abort(new Error('done'));
    await assert.rejects(blocker, /done/);
    assert.equal(pool.newestFirst, false);
    for (const { leaving, ended } of impatient) {
      await busy(pool, 1);
      leaving.abort(new Error('gone'));
      await ended;
    }
    assert.equal(pool.newestFirst, true);
    const last = new AbortController();
    const lastBlocker = pool.run(task('attentive'), last.signal);
    await busy(pool, 1);
    const ended: string[] = [];
    const all = ['first', 'second'].map((name) => pool.run(task(name), never).then(() => void ended.push(name)));
    last.abort(new Error('done'));
    await assert.rejects(lastBlocker, /done/);
    await Promise.all(all);
    assert.deepEqual(ended, ['second', 'first']);
  });

  it('keeps its length and order, whoever gives up, where they are not to adapt', async () => {
    const pool = await poolOf(1, 9, { adaptive: false });
    const blocking = new AbortController();
    const blocker = pool.run(task('attentive'), blocking.signal);
    await busy(pool, 1);
    const expired = new ProblemError('deadline_exceeded', 'too late');
    for (let i = 0; i < 5; i++) {
      const leaving = new AbortController();
      const waiting = pool.run(task('next'), leaving.signal);
      leaving.abort(expired);
      await assert.rejects(waiting, /too late/);
    }
    const ended: string[] = [];
    const names = Array.from({ length: 9 }, (_, at) => `${at}`);
    const all = names.map((name) => pool.run(task(name), never).then(() => void ended.push(name)));
    blocking.abort(new Error('done'));
    await assert.rejects(blocker, /done/);
    await Promise.all(all);
    assert.deepEqual(ended, names);
  });

  it('keeps a fifth of its room for interactive work', async () => {
    const pool = await poolOf(1, 9);
    const leaving = new AbortController();
    const accepted = Array.from({ length: 8 }, () => pool.run(task('attentive'), leaving.signal, () => 'batch'));
    const overloaded = (error: unknown) => error instanceof ProblemError && error.code === 'overloaded';
    await assert.rejects(
      pool.run(task('next'), never, () => 'batch'),
      overloaded,
    );
    accepted.push(pool.run(task('attentive'), leaving.signal), pool.run(task('attentive'), leaving.signal));
    await assert.rejects(pool.run(task('next'), never), overloaded);
    leaving.abort(new Error('gone'));
    assert.ok((await Promise.allSettled(accepted)).every(({ status }) => status === 'rejected'));
  });

  it('estimates the wait as observed service time × queue ÷ threads', async () => {
    const pool = await poolOf(2, 10);
    for (let i = 0; i < 3; i++) await pool.run(task('sleep 300'), never);
    const leaving = new AbortController();
    const accepted = Array.from({ length: 12 }, () => pool.run(task('attentive'), leaving.signal));
    await busy(pool, 2);
    assert.deepEqual(pool.load, { active: 2, queued: 10, workers: 2 });
    // Ten waiting, two threads, 0.3 s each; a busy machine only adds.
    assert.ok(pool.estimatedWaitS >= 1.5 && pool.estimatedWaitS < 3, `${pool.estimatedWaitS} s`);
    await assert.rejects(pool.run(task('next'), never), (error: unknown) => {
      assert.ok(error instanceof ProblemError);
      assert.equal(error.options.retryAfterS, pool.estimatedWaitS);
      assert.match(error.message, /^10 analyses are waiting for 2 threads already$/);
      return true;
    });
    leaving.abort(new Error('gone'));
    await Promise.allSettled(accepted);
    assert.equal(pool.estimatedWaitS, 0);
  });

  it('takes in less after deadlines have passed in its queue, and no less for those that passed while computing', async () => {
    const pool = await poolOf(1, 19);
    const expired = new ProblemError('deadline_exceeded', 'too late');
    const room = async (): Promise<number> => {
      const leaving = new AbortController();
      let taken = 0;
      const runs: Promise<unknown>[] = [];
      for (let full = false; !full && taken < 50; ) {
        const before = tasksIn(pool.load);
        runs.push(pool.run(task('attentive'), leaving.signal).catch((error: unknown) => error));
        await Promise.resolve();
        full = tasksIn(pool.load) === before;
        if (!full) taken++;
      }
      leaving.abort(new Error('counted'));
      await Promise.all(runs);
      return taken;
    };
    assert.equal(await room(), 20);
    const computing = new AbortController();
    const running = pool.run(task('attentive'), computing.signal);
    await busy(pool, 1);
    const queued = new AbortController();
    const waiting = pool.run(task('next'), queued.signal);
    queued.abort(expired);
    await assert.rejects(waiting, /too late/);
    computing.abort(expired);
    await assert.rejects(running, /too late/);
    assert.equal(await room(), 18);
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
      const pool = await poolOf(1, 10, { memoryMb: 64 });
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
