import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type CoalesceOptions, CoalescePolicy, PipelineStoppedError, resolveCoalesce } from '@penstock/resilience';
import { layerWorld, manual } from '../layer-world.ts';
import { watch } from '../world.ts';

function coalesceWorld(options: Partial<CoalesceOptions> = {}) {
  const at = layerWorld();
  return { ...at, coalesce: new CoalescePolicy(resolveCoalesce(options), at) };
}

test('callers with the same key share one execution, its answer and its error', async () => {
  for (const end of ['resolve', 'reject'] as const) {
    const at = coalesceWorld();
    const work = manual();
    const calls = Array.from({ length: 5 }, () => watch(at.coalesce.run('k', {}, work.run)));
    if (end === 'resolve') work.resolve('answer');
    else work.reject(new Error('down'));
    await at.clock.advance(0);
    assert.equal(work.started(), 1);
    for (const call of calls) {
      if (end === 'resolve') assert.equal(call.value(), 'answer');
      else assert.match(String(call.error()), /down/);
    }
    assert.deepEqual(
      at.of('coalesce_joined').map(({ sharing }) => sharing),
      [2, 3, 4, 5],
    );
    assert.deepEqual(
      at.of('coalesce_finished').map(({ shared, abandoned }) => [shared, abandoned]),
      [[5, false]],
    );
    assert.equal(at.coalesce.snapshot().keys, 0);
  }
});

test('other keys, and the same key afterwards, are executed anew', async () => {
  const at = coalesceWorld();
  let executions = 0;
  const ask = (key: string) => at.coalesce.run(key, {}, async () => ++executions);
  assert.deepEqual(await Promise.all([ask('a'), ask('b'), ask('a')]), [1, 2, 1]);
  assert.equal(await ask('a'), 3);
});

test('a caller that leaves takes nobody with it; with the last one the execution is given up', async () => {
  const at = coalesceWorld();
  const work = manual();
  const clients = [new AbortController(), new AbortController()];
  const calls = clients.map(({ signal }) => watch(at.coalesce.run('k', { signal }, work.run)));
  clients[0]?.abort(new Error('first gone'));
  await at.clock.advance(0);
  assert.match(String(calls[0]?.error()), /first gone/);
  assert.deepEqual([calls[1]?.settled(), work.signal()?.aborted], [false, false]);
  clients[1]?.abort(new Error('second gone'));
  await at.clock.advance(0);
  assert.equal(work.signal()?.aborted, true);
  assert.deepEqual(
    at.of('coalesce_finished').map(({ shared, abandoned }) => [shared, abandoned]),
    [[2, true]],
  );
  const fresh = manual();
  const later = watch(at.coalesce.run('k', {}, fresh.run));
  work.resolve('too late');
  fresh.resolve('fresh');
  await at.clock.advance(0);
  assert.equal(later.value(), 'fresh', 'what was given up does not answer a later caller');
});

test('who joined waits no longer than its own deadline', async () => {
  const at = coalesceWorld();
  const work = manual();
  const first = watch(at.coalesce.run('k', {}, work.run));
  const deadline = { remaining: () => 50, exceeded: () => new Error('too late') };
  const joined = watch(at.coalesce.run('k', { deadline }, work.run));
  await at.clock.advance(50);
  assert.match(String(joined.error()), /too late/);
  assert.equal(first.settled(), false);
  work.resolve('x');
  await at.clock.advance(0);
  assert.equal(at.clock.pendingTimers, 0);
});

test('beyond its bounds a call runs by itself', async () => {
  const at = coalesceWorld({ maxKeys: 1, maxSharing: 2 });
  const work = manual();
  for (const key of ['a', 'a', 'a', 'b']) watch(at.coalesce.run(key, {}, work.run));
  assert.equal(work.started(), 3);
  assert.deepEqual([at.coalesce.snapshot().keys, at.coalesce.snapshot().waiting], [1, 2]);
});

test('in shadow mode everyone executes and who would have joined is told; off it is not there', async () => {
  const at = coalesceWorld({ mode: 'shadow' });
  const work = manual();
  for (let each = 0; each < 2; each++) watch(at.coalesce.run('k', {}, work.run));
  assert.equal(work.started(), 2);
  assert.deepEqual(
    at.of('coalesce_joined').map(({ shadow, sharing }) => [shadow, sharing]),
    [[true, 2]],
  );
  at.coalesce.reload({ mode: 'off' });
  watch(at.coalesce.run('k', {}, work.run));
  assert.deepEqual([work.started(), at.events.length], [3, 1]);
});

test('execution that throws before its first await is a rejection like any other', async () => {
  const at = coalesceWorld();
  const thrown = at.coalesce.run('k', {}, () => {
    throw new Error('at once');
  });
  await assert.rejects(thrown, /at once/);
  assert.equal(at.coalesce.snapshot().keys, 0);
});

test('a stop ends all waits and aborts what runs', async () => {
  const at = coalesceWorld();
  const work = manual();
  const call = watch(at.coalesce.run('k', {}, work.run));
  at.coalesce.stop();
  await at.clock.advance(0);
  assert.ok(call.error() instanceof PipelineStoppedError && work.signal()?.aborted);
  await assert.rejects(at.coalesce.run('k', {}, work.run), PipelineStoppedError);
});
