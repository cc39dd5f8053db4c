import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

/**
 * Runs in a process of its own, with the garbage collector at hand: 100,000 calls of every kind through one pipeline and
 * past one signal that outlives them, in batches; prints what is left.
 */
const PROGRAM = `
  import { getEventListeners } from 'node:events';
  import { FakeClock, seededRandom } from '@penstock/clock';
  import { classifyError, createPipeline } from '@penstock/resilience';
  const clock = new FakeClock();
  const classify = (s) => 'error' in s ? classifyError(s.error) : { kind: 'success', reason: '200' };
  const options = { breaker: { openMs: 1000 }, retry: { baseMs: 10 }, timeout: { attemptMs: 50 } };
  const deps = { name: 'engine', clock, random: seededRandom(1), classify, probe: async () => true, onEvent: () => undefined };
  const pipeline = createPipeline(options, deps);
  const lasting = new AbortController();
  const down = async () => { throw Object.assign(new Error('refused'), { code: 'ECONNREFUSED' }); };
  const ok = async ({ signal }) => signal.aborted;
  const hang = ({ signal }) => new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason)));
  const ends = {};
  const note = (end) => { ends[end] = (ends[end] ?? 0) + 1; };
  async function batch(size) {
    const calls = [];
    for (let each = 0; each < size; each++) {
      const gone = new AbortController();
      const kind = each % 10;
      const operation = kind < 6 ? ok : kind < 8 ? down : hang;
      const signal = kind === 9 ? gone.signal : lasting.signal;
      calls.push(pipeline.execute(operation, { signal, totalMs: kind === 8 ? 40 : 10000 }).then(() => note('answered'), (e) => note(e.name)));
      if (kind === 9) gone.abort();
    }
    await clock.advance(1000);
    await Promise.all(calls);
  }
  const heap = async () => {
    // Finished promises and timers need a turn before they can be collected.
    for (let turn = 0; turn < 3; turn++) { await new Promise((resolve) => setImmediate(resolve)); globalThis.gc(); }
    return process.memoryUsage().heapUsed;
  };
  for (let warm = 0; warm < 100; warm++) await batch(100);
  const before = await heap();
  for (let round = 0; round < 1000; round++) await batch(100);
  const grown = (await heap()) - before;
  const { inFlight } = pipeline.snapshot();
  pipeline.stop();
  const listeners = getEventListeners(lasting.signal, 'abort').length;
  const timeouts = process.getActiveResourcesInfo().filter((each) => each === 'Timeout').length;
  console.log(JSON.stringify({ grown, inFlight, listeners, timers: clock.pendingTimers, timeouts, ends }));
`;

interface Left {
  readonly grown: number;
  readonly inFlight: number;
  readonly listeners: number;
  readonly timers: number;
  readonly timeouts: number;
  readonly ends: Readonly<Record<string, number>>;
}

// What the runtime itself gains and loses in such a run; one leaked object of 10 bytes per call would be above it.
const NOISE_BYTES = 1_000_000;

test('100,000 calls leave no timer, no listener, nothing in flight and no heap beyond noise', async () => {
  const cwd = fileURLToPath(new URL('..', import.meta.url));
  const args = ['--expose-gc', '--input-type=module', '-e', PROGRAM];
  const { stdout } = await promisify(execFile)(process.execPath, args, { cwd, timeout: 120_000 });
  const left = JSON.parse(stdout) as Left;
  const { grown, ends, ...none } = left;
  assert.deepEqual(none, { inFlight: 0, listeners: 0, timers: 0, timeouts: 0 });
  assert.ok(grown < NOISE_BYTES, `the heap grew by ${grown} bytes`);
  assert.deepEqual(
    Object.keys(ends).sort(),
    ['BreakerOpenError', 'CallCancelledError', 'DeadlineExceededError', 'RetriesExhaustedError', 'answered'],
    'every kind of end was among them',
  );
});
