import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Priority } from '@penstock/resilience';
import { OFF_SPAN } from '@penstock/telemetry';
import { SharedRuns, type Waiter } from '../../src/analysis/shared-runs.ts';
import { recordingTracing } from '../support/recording-tracing.ts';

const waiter = (signal: AbortSignal, priority: Priority = 'interactive'): Waiter => ({ signal, priority, span: OFF_SPAN });

describe('requests for the same analysis', () => {
  it('share one run', async () => {
    let joins = 0;
    const runs = new SharedRuns<number>(() => joins++);
    let started = 0;
    const start = async () => ++started;
    const { signal } = new AbortController();
    assert.deepEqual(
      await Promise.all([
        runs.join('a', waiter(signal), start),
        runs.join('a', waiter(signal), start),
        runs.join('b', waiter(signal), start),
      ]),
      [1, 1, 2],
    );
    assert.equal(joins, 1);
    assert.equal(await runs.join('a', waiter(signal), start), 3);
  });

  it('tell of who joins whom', async () => {
    const { tracing } = recordingTracing();
    const told: unknown[] = [];
    const runs = new SharedRuns<number>((joining, computing) => void told.push([joining, computing]));
    const { signal } = new AbortController();
    const [first, second] = [tracing.tracer.startSpan('first'), tracing.tracer.startSpan('second')];
    await Promise.all([first, second].map((span) => runs.join('a', { ...waiter(signal), span }, async () => 1)));
    assert.deepEqual(told, [[second, first]]);
  });

  it('leave one by one; the run is given up with the last', async () => {
    const runs = new SharedRuns<number>(() => undefined);
    let given: AbortSignal | undefined;
    const start = (signal: AbortSignal) =>
      new Promise<number>((_, reject) => {
        given = signal;
        signal.addEventListener('abort', () => reject(signal.reason));
      });
    const [first, second] = [new AbortController(), new AbortController()];
    const joined = [runs.join('a', waiter(first.signal), start), runs.join('a', waiter(second.signal), start)];
    first.abort(new Error('first left'));
    await assert.rejects(joined[0] as Promise<number>, /first left/);
    assert.equal(given?.aborted, false);
    second.abort(new Error('second left'));
    await assert.rejects(joined[1] as Promise<number>, /second left/);
    assert.equal(given?.aborted, true);
    await runs.settled();
  });

  it('are as urgent as the most urgent of them', async () => {
    const runs = new SharedRuns<Priority>(() => undefined);
    const { signal } = new AbortController();
    const start = async (_signal: AbortSignal, priority: () => Priority): Promise<Priority> => {
      assert.equal(priority(), 'batch');
      await Promise.resolve();
      return priority();
    };
    const [first, , third] = [
      runs.join('a', waiter(signal, 'batch'), start),
      runs.join('a', waiter(signal), start),
      runs.join('a', waiter(signal, 'batch'), start),
    ];
    assert.deepEqual(await Promise.all([first, third]), ['interactive', 'interactive']);
    assert.equal(await runs.join('a', waiter(signal, 'batch'), start), 'batch');
  });

  it('fail together, and a later one starts anew', async () => {
    const runs = new SharedRuns<number>(() => undefined);
    const { signal } = new AbortController();
    const fail = async () => Promise.reject(new Error('broken'));
    const both = await Promise.allSettled([runs.join('a', waiter(signal), fail), runs.join('a', waiter(signal), fail)]);
    assert.ok(both.every(({ status }) => status === 'rejected'));
    assert.equal(await runs.join('a', waiter(signal), async () => 5), 5);
  });
});
