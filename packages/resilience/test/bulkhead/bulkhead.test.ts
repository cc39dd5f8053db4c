import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  BulkheadFullError,
  type BulkheadOptions,
  BulkheadPolicy,
  PipelineStoppedError,
  resolveBulkhead,
} from '@penstock/resilience';
import { layerWorld, manual } from '../layer-world.ts';
import { watch } from '../world.ts';

function bulkheadWorld(options: Partial<BulkheadOptions>) {
  const at = layerWorld();
  return { ...at, bulkhead: new BulkheadPolicy(resolveBulkhead(options), at) };
}

test('who waits goes in first come, first served, interactive before batch', async () => {
  const at = bulkheadWorld({ maxInFlight: 1 });
  const first = manual();
  const order: string[] = [];
  const enter = (name: string, priority: 'interactive' | 'batch') =>
    at.bulkhead.run({ remainingMs: 1000, priority }, async () => void order.push(name));
  const all = [at.bulkhead.run({ remainingMs: 1000 }, first.run)];
  const waiting = [enter('b1', 'batch'), enter('i1', 'interactive'), enter('b2', 'batch'), enter('i2', 'interactive')];
  await at.clock.advance(0);
  assert.deepEqual(at.bulkhead.snapshot().queued, 4);
  assert.deepEqual(order, []);
  first.resolve('done');
  await Promise.all([...all, ...waiting]);
  assert.deepEqual(order, ['i1', 'i2', 'b1', 'b2']);
  assert.deepEqual([at.bulkhead.snapshot().inFlight, at.bulkhead.snapshot().queued, at.clock.pendingTimers], [0, 0, 0]);
  assert.deepEqual(
    at.of('bulkhead_queued').map((event) => event.queued),
    [1, 2, 3, 4],
  );
});

test('a full queue refuses at once, with the counts in the message', async () => {
  const at = bulkheadWorld({ maxInFlight: 1, maxQueued: 1 });
  watch(at.bulkhead.run({ remainingMs: 1000 }, manual().run));
  watch(at.bulkhead.run({ remainingMs: 1000 }, manual().run));
  await assert.rejects(
    at.bulkhead.run({ remainingMs: 1000 }, async () => 'x'),
    {
      name: 'BulkheadFullError',
      because: 'full',
      layer: 'bulkhead',
      message: 'Bulkhead of engine: the queue is full (1 in flight, 1 waiting)',
    },
  );
  assert.deepEqual(
    at.of('bulkhead_refused').map(({ because, shadow }) => [because, shadow]),
    [['full', false]],
  );
});

for (const [remainingMs, waitsMs] of [
  [200, 199],
  [10_000, 500],
] as const) {
  test(`with ${remainingMs} ms left and a wait of 500 ms at most, it gives up after ${waitsMs} ms`, async () => {
    const at = bulkheadWorld({ maxInFlight: 1, maxWaitMs: 500 });
    watch(at.bulkhead.run({ remainingMs: 1000 }, manual().run));
    const late = manual();
    const waiting = watch(at.bulkhead.run({ remainingMs }, late.run));
    await at.clock.advance(waitsMs - 1);
    assert.equal(waiting.settled(), false);
    await at.clock.advance(1);
    const error = waiting.error();
    assert.ok(error instanceof BulkheadFullError);
    assert.deepEqual([error.because, late.started(), at.bulkhead.snapshot().queued], ['wait', 0, 0]);
  });
}

test('an attempt that has no time to wait is refused at once', async () => {
  const at = bulkheadWorld({ maxInFlight: 1 });
  watch(at.bulkhead.run({ remainingMs: 1000 }, manual().run));
  await assert.rejects(
    at.bulkhead.run({ remainingMs: 1 }, async () => 'x'),
    { because: 'wait' },
  );
});

test('who leaves the queue gives its place to the next one', async () => {
  const at = bulkheadWorld({ maxInFlight: 1 });
  const first = manual();
  watch(at.bulkhead.run({ remainingMs: 1000 }, first.run));
  const client = new AbortController();
  const left = watch(at.bulkhead.run({ remainingMs: 1000, signal: client.signal }, manual().run));
  const next = watch(at.bulkhead.run({ remainingMs: 1000 }, async () => 'next'));
  client.abort(new Error('gone'));
  first.resolve('done');
  await at.clock.advance(0);
  assert.match(String(left.error()), /gone/);
  assert.equal(next.value(), 'next');
});

test('work that fails, also before its first await, gives its place back', async () => {
  const at = bulkheadWorld({ maxInFlight: 1, maxQueued: 0 });
  for (let each = 0; each < 3; each++) {
    const thrown = at.bulkhead.run({ remainingMs: 1000 }, () => {
      throw new Error('work');
    });
    await assert.rejects(thrown, /work/);
  }
  assert.equal(at.bulkhead.snapshot().inFlight, 0);
});

test('a reload lets in as many of those waiting as fit at once, and keeps the rest waiting', async () => {
  const at = bulkheadWorld({ maxInFlight: 1 });
  const works = [manual(), manual(), manual(), manual()];
  for (const work of works) watch(at.bulkhead.run({ remainingMs: 1000 }, work.run));
  at.bulkhead.reload({ maxInFlight: 3 });
  await at.clock.advance(0);
  assert.deepEqual([at.bulkhead.snapshot().inFlight, at.bulkhead.snapshot().queued], [3, 1]);
  at.bulkhead.reload({ maxInFlight: 1, mode: 'shadow' });
  await at.clock.advance(0);
  assert.deepEqual([at.bulkhead.snapshot().inFlight, at.bulkhead.snapshot().queued], [4, 0]);
  assert.throws(() => at.bulkhead.reload({ maxInFlight: 0 }), /bulkhead.maxInFlight must be an integer from 1 to 100000, got 0/);
  assert.equal(at.bulkhead.options.mode, 'shadow');
});

test('in shadow mode everyone gets in, and what would have been refused or queued is told', async () => {
  const at = bulkheadWorld({ maxInFlight: 1, maxQueued: 0, mode: 'shadow' });
  for (let each = 0; each < 3; each++) watch(at.bulkhead.run({ remainingMs: 1000 }, manual().run));
  assert.equal(at.bulkhead.snapshot().inFlight, 3);
  assert.deepEqual(
    at.of('bulkhead_refused').map(({ shadow, because }) => [shadow, because]),
    [
      [true, 'full'],
      [true, 'full'],
    ],
  );
  at.bulkhead.reload({ maxInFlight: 1, mode: 'off' });
  watch(at.bulkhead.run({ remainingMs: 1000 }, manual().run));
  assert.equal(at.events.length, 2);
});

test('a stop refuses those who wait and those who come, and leaves those who run', async () => {
  const at = bulkheadWorld({ maxInFlight: 1 });
  const first = manual();
  const running = watch(at.bulkhead.run({ remainingMs: 1000 }, first.run));
  const waiting = watch(at.bulkhead.run({ remainingMs: 1000 }, manual().run));
  at.bulkhead.stop();
  await assert.rejects(
    at.bulkhead.run({ remainingMs: 1000 }, async () => 'x'),
    PipelineStoppedError,
  );
  first.resolve('done');
  await at.clock.advance(0);
  assert.ok(waiting.error() instanceof PipelineStoppedError);
  assert.equal(running.value(), 'done');
  assert.equal(at.clock.pendingTimers, 0);
});

test('an attempt whose signal has aborted is not started, though there is room', async () => {
  const at = bulkheadWorld({ maxInFlight: 1 });
  const work = manual();
  const gone = new Error('gone');
  await assert.rejects(at.bulkhead.run({ remainingMs: 1000, signal: AbortSignal.abort(gone) }, work.run), gone);
  assert.deepEqual([work.started(), at.bulkhead.snapshot().inFlight], [0, 0]);
});

test('a signal made on demand is asked for by those who wait only, and takes them off the queue', async () => {
  const at = bulkheadWorld({ maxInFlight: 1 });
  const client = new AbortController();
  let asked = 0;
  const signal = (): AbortSignal => {
    asked++;
    return client.signal;
  };
  watch(at.bulkhead.run({ remainingMs: 1000, signal }, manual().run));
  assert.equal(asked, 0);
  const waiting = watch(at.bulkhead.run({ remainingMs: 1000, signal }, manual().run));
  assert.equal(asked, 1);
  client.abort(new Error('gone'));
  await at.clock.advance(0);
  assert.match(String(waiting.error()), /gone/);
  assert.equal(at.bulkhead.snapshot().queued, 0);
});

test('who waits is told of, as interactive unless told otherwise; in shadow mode as one who would have', () => {
  for (const mode of ['enforce', 'shadow'] as const) {
    const at = bulkheadWorld({ maxInFlight: 1, mode });
    for (let each = 0; each < 2; each++) watch(at.bulkhead.run({ remainingMs: 1000 }, manual().run));
    assert.deepEqual(
      at.of('bulkhead_queued').map(({ shadow, priority, inFlight }) => [shadow, priority, inFlight]),
      [[mode === 'shadow', 'interactive', 1]],
    );
    assert.deepEqual(at.of('bulkhead_refused'), []);
  }
});
