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
      at.of('coalesce_joined').map(({ sharing, shadow }) => [sharing, shadow]),
      [2, 3, 4, 5].map((sharing) => [sharing, false]),
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
  const deadline = { remaining: () => 50, exceeded: () => new Error('too late') };
  const first = watch(at.coalesce.run('k', { deadline }, work.run));
  assert.equal(at.clock.pendingTimers, 0, 'who started it needs no timer: its deadline cuts the execution itself');
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

test('in shadow mode a caller that would have joined is told of and executes under its own signal', async () => {
  const at = coalesceWorld({ mode: 'shadow' });
  const works = [manual(), manual()];
  const { signal } = new AbortController();
  const first = watch(at.coalesce.run('k', {}, works[0]!.run));
  const second = watch(at.coalesce.run('k', { signal }, works[1]!.run));
  assert.equal(works[1]?.signal(), signal);
  works[1]?.resolve('second');
  await at.clock.advance(0);
  assert.deepEqual([second.value(), first.settled(), at.coalesce.snapshot().keys], ['second', false, 1]);
  works[0]?.resolve('first');
  await at.clock.advance(0);
  assert.equal(first.value(), 'first');
  assert.deepEqual(at.events, [
    { type: 'coalesce_joined', name: 'engine', call: undefined, shadow: true, sharing: 2 },
    { type: 'coalesce_finished', name: 'engine', shared: 1, abandoned: false },
  ]);
});

test('off, everyone executes and nothing is kept or told', async () => {
  const at = coalesceWorld({ mode: 'off' });
  const works = [manual(), manual()];
  for (const work of works) watch(at.coalesce.run('k', {}, work.run));
  assert.deepEqual([works[0]?.started(), works[1]?.started(), at.coalesce.snapshot().keys], [1, 1, 0]);
  for (const work of works) work.resolve('answer');
  await at.clock.advance(0);
  assert.deepEqual(at.events, []);
});

test('who finds an execution shared by too many has one of its own, which ends nobody else’s', async () => {
  const at = coalesceWorld({ maxSharing: 1 });
  const works = [manual(), manual(), manual()];
  const calls = works.map((work) => watch(at.coalesce.run('k', {}, work.run)));
  works[1]?.resolve('alone');
  await at.clock.advance(0);
  assert.deepEqual([calls[1]?.value(), calls[0]?.settled(), at.coalesce.snapshot().keys], ['alone', false, 1]);
  assert.deepEqual(at.events, []);
});

test('what an abandoned execution brings later does not end the next one under its key', async () => {
  const at = coalesceWorld();
  const client = new AbortController();
  const works = [manual(), manual()];
  watch(at.coalesce.run('k', { signal: client.signal }, works[0]!.run));
  client.abort(new Error('gone'));
  const next = watch(at.coalesce.run('k', {}, works[1]!.run));
  works[0]?.resolve('too late');
  await at.clock.advance(0);
  assert.deepEqual([next.settled(), at.coalesce.snapshot().keys], [false, 1]);
  assert.deepEqual(
    at.of('coalesce_finished').map(({ abandoned }) => abandoned),
    [true],
  );
  works[1]?.resolve('answer');
  await at.clock.advance(0);
  assert.equal(next.value(), 'answer');
});

test('after a stop no key is left', () => {
  const at = coalesceWorld();
  const call = watch(at.coalesce.run('k', {}, manual().run));
  at.coalesce.stop();
  assert.deepEqual([at.coalesce.snapshot().keys, at.coalesce.snapshot().waiting, call.settled()], [0, 0, false]);
});
