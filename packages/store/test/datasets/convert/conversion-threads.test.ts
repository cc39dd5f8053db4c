import assert from 'node:assert/strict';
import { readdir, readlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { after, describe, it } from 'node:test';
import { pathToFileURL } from 'node:url';
import { ProblemError } from '@penstock/contracts';
import { fromFailure, toFailure } from '../../../src/datasets/convert/conversion-message.ts';
import { ConversionThreads } from '../../../src/datasets/convert/conversion-threads.ts';
import { conversionOf } from '../../support/conversion.ts';
import { tempDir } from '../../support/temp-dir.ts';
import { until } from '../../support/until.ts';

/** Read on the main thread, these 32 MB keep it busy for 150 to 500 ms at a time, even on an idle machine. */
const LONGEST_BUSY_MS = 50;
/** Includes what other processes take of the processor, so it bounds all delays but the worst hundredth. */
const LONGEST_DELAY_MS = 100;

function megabytes(count: number): string {
  let lines = '';
  for (let row = 0; lines.length < 2 ** 20; row++) {
    lines += `${row},${row / 7},place ${row % 1000},2026-01-${10 + (row % 20)},${row % 3 === 0}\n`;
  }
  return `id,y,place,day,w\n${lines.repeat(count)}`;
}

/** How the event loop of this thread fares during some work, in milliseconds. */
async function eventLoopDuring<T>(work: () => Promise<T>): Promise<{ result: T; busyMs: number; delayMs: number }> {
  let busyMs = 0;
  let before = process.threadCpuUsage();
  const ticks = setInterval(() => {
    const { user, system } = process.threadCpuUsage(before);
    busyMs = Math.max(busyMs, (user + system) / 1e3);
    before = process.threadCpuUsage();
  }, 5);
  const delays = monitorEventLoopDelay({ resolution: 5 });
  delays.enable();
  const result = await work();
  delays.disable();
  clearInterval(ticks);
  assert.ok(delays.count > 50, 'the delay was hardly measured');
  return { result, busyMs, delayMs: delays.percentile(99) / 1e6 };
}

/** Files of a folder that this process has open, where the system tells. */
async function openFilesIn(folder: string): Promise<string[]> {
  if (process.platform !== 'linux') return [];
  const open = await readdir('/proc/self/fd');
  // One that was closed meanwhile cannot be read, and is not open.
  const files = await Promise.allSettled(open.map((fd) => readlink(`/proc/self/fd/${fd}`)));
  return files.flatMap((file) => (file.status === 'fulfilled' && file.value.startsWith(folder) ? [file.value] : []));
}

describe('uploads are read in threads', () => {
  const threads = new ConversionThreads();
  after(() => threads.close());

  it('while the event loop stays free', async () => {
    await using at = await conversionOf(megabytes(32));
    const { result, busyMs, delayMs } = await eventLoopDuring(() => threads.convert(at.conversion));
    assert.ok(result.rows > 500_000);
    assert.deepEqual(
      result.columns.map(({ summary }) => summary.type),
      ['number', 'number', 'text', 'timestamp', 'boolean'],
    );
    assert.ok(busyMs < LONGEST_BUSY_MS, `the event loop was busy for ${busyMs.toFixed(0)} ms`);
    assert.ok(delayMs < LONGEST_DELAY_MS, `the event loop was late by ${delayMs.toFixed(0)} ms`);
  });

  for (const [stage, thresholds, waitMs] of [
    ['its lines are read', {}, 100],
    ['the database is at work', { rows: 0 }, 600],
  ] as const) {
    it(`an upload given up while ${stage} ends, lets go of its files, and the next is read`, async () => {
      await using at = await conversionOf(megabytes(16), { thresholds });
      await using small = await conversionOf('a\n1\n');
      await using next = await conversionOf('a\n2\n');
      // From here on the thread has started.
      await threads.convert(small.conversion);
      const abort = new AbortController();
      const converting = threads.convert(at.conversion, abort.signal);
      setTimeout(() => abort.abort(new Error('gone')), waitMs);
      await assert.rejects(converting, /^Error: gone$/);
      await until('its files are closed', async () => (await openFilesIn(at.path)).length === 0);
      assert.equal((await threads.convert(next.conversion)).rows, 1);
    });
  }

  it('an upload given up before it began is not read', async () => {
    await using at = await conversionOf('a\n1\n');
    await assert.rejects(threads.convert(at.conversion, AbortSignal.abort(new Error('gone'))), /^Error: gone$/);
    assert.deepEqual(await readdir(at.path), ['upload']);
  });

  it('several at once, each with its own content', async () => {
    const rows = await Promise.all(
      [1, 2, 3].map(async (count) => {
        await using at = await conversionOf(`a\n${'1\n'.repeat(count)}`);
        return (await threads.convert(at.conversion)).rows;
      }),
    );
    assert.deepEqual(rows, [1, 2, 3]);
  });

  it('a refusal keeps its code and its words', async () => {
    await using at = await conversionOf('a,b\n1,2,3\n');
    await assert.rejects(threads.convert(at.conversion), (error: Error) => {
      assert.ok(error instanceof ProblemError);
      assert.equal(error.code, 'dataset_unreadable');
      assert.match(error.message, /^Line 2 has 3 fields/);
      return true;
    });
  });

  it('a thread that ends, or takes too much memory, fails its upload only', async () => {
    await using dir = await tempDir();
    await using at = await conversionOf('a\n1\n', { memoryBytes: 2 ** 20 });
    for (const [program, says] of [
      ["parentPort.on('message', () => process.exit(7));", /ended with code 7/],
      ["parentPort.on('message', () => { throw new Error('broken'); });", /broken/],
      [
        "const held = []; parentPort.on('message', () => { for (;;) held.push(new Array(4e6).fill(0)); });",
        /more than the 1 MiB/,
      ],
    ] as const) {
      const file = join(dir.path, 'thread.mjs');
      await writeFile(file, `import { parentPort } from 'node:worker_threads';\n${program}`);
      const threads = new ConversionThreads(pathToFileURL(file));
      await assert.rejects(threads.convert(at.conversion), says);
      await threads.close();
    }
  });
});

describe('an error that crosses from thread to thread', () => {
  it('stays a problem with everything that a reply shows, and its cause', () => {
    const errors = [{ field: '/a', message: 'no', accepted: [1] }];
    const cause = Object.assign(new Error('no space'), { code: 'ENOSPC' });
    const before = new ProblemError('dataset_unreadable', 'Line 2.', { errors, retryAfterS: 3, cause });
    const after = fromFailure(structuredClone(toFailure(before)));
    assert.ok(after instanceof ProblemError);
    assert.deepEqual([after.code, after.message, after.stack], [before.code, before.message, before.stack]);
    assert.deepEqual({ ...after.options, cause: undefined }, { errors, retryAfterS: 3, cause: undefined });
    assert.equal((after.cause as NodeJS.ErrnoException).code, 'ENOSPC');
  });

  it('of the system keeps its code', () => {
    const after = fromFailure(structuredClone(toFailure(Object.assign(new Error('no space'), { code: 'ENOSPC' }))));
    assert.deepEqual([after.message, (after as NodeJS.ErrnoException).code], ['no space', 'ENOSPC']);
    assert.ok(!(after instanceof ProblemError));
  });
});
