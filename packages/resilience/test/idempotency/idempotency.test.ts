import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  IdempotencyError,
  type IdempotencyOptions,
  IdempotencyPolicy,
  type IdempotencyStore,
  MemoryIdempotencyStore,
  resolveIdempotency,
} from '@penstock/resilience';
import { layerWorld, manual } from '../layer-world.ts';
import { watch } from '../world.ts';

function idempotencyWorld(options: Partial<IdempotencyOptions> = {}, given?: IdempotencyStore<string>) {
  const at = layerWorld();
  const memory = new MemoryIdempotencyStore<string>(at.clock, 3);
  const policy = new IdempotencyPolicy<string>(resolveIdempotency(options), { ...at, store: given ?? memory });
  const ask = (execute: () => Promise<string>, request: { key?: string; fingerprint?: string } = {}) =>
    policy.run({ key: 'k', fingerprint: 'f', keep: (answer) => answer !== 'failure', ...request }, execute);
  return { ...at, memory, policy, ask };
}

const storeOf = (memory: MemoryIdempotencyStore<string>, renew: IdempotencyStore<string>['renew']): IdempotencyStore<string> => ({
  claim: (...given) => memory.claim(...given),
  renew,
  complete: (...given) => memory.complete(...given),
  release: (...given) => memory.release(...given),
});

const away: IdempotencyStore<string> = {
  claim: async () => Promise.reject(new Error('store away')),
  renew: async () => Promise.reject(new Error('store away')),
  complete: async () => Promise.reject(new Error('store away')),
  release: async () => Promise.reject(new Error('store away')),
};

test('the first request executes, a later one with the same key is answered from it, with the age', async () => {
  const at = idempotencyWorld();
  assert.deepEqual(await at.ask(async () => 'first'), { kind: 'executed', response: 'first', kept: true });
  await at.clock.advance(5000);
  const never = async (): Promise<string> => assert.fail('executed twice');
  assert.deepEqual(await at.ask(never), { kind: 'replayed', response: 'first', ageMs: 5000 });
  assert.deepEqual(
    at.of('idempotency_decided').map(({ decision }) => decision),
    ['execute', 'replay'],
  );
});

test('while it is in flight others get 409, and other content gets 422, then and afterwards', async () => {
  const at = idempotencyWorld();
  const work = manual();
  const first = watch(at.ask(work.run));
  await at.clock.advance(0);
  await assert.rejects(at.ask(work.run), { name: 'IdempotencyError', status: 409, because: 'in_flight', retryAfterMs: 1000 });
  await assert.rejects(at.ask(work.run, { fingerprint: 'g' }), { status: 422, because: 'mismatch' });
  work.resolve('done');
  await at.clock.advance(0);
  assert.equal(first.value().response, 'done');
  await assert.rejects(at.ask(work.run, { fingerprint: 'g' }), { status: 422 });
  assert.equal(work.started(), 1);
});

test('a failure, thrown or answered, frees the key', async () => {
  const at = idempotencyWorld();
  await assert.rejects(
    at.ask(async () => Promise.reject(new Error('down'))),
    /down/,
  );
  assert.deepEqual(await at.ask(async () => 'failure'), { kind: 'executed', response: 'failure', kept: false });
  assert.equal((await at.ask(async () => 'success')).kind, 'executed');
  assert.equal((await at.ask(async () => 'again')).response, 'success');
});

test('after its time an answer is forgotten', async () => {
  const at = idempotencyWorld({ ttlMs: 1000 });
  await at.ask(async () => 'first');
  await at.clock.advance(999);
  assert.equal((await at.ask(async () => 'second')).response, 'first');
  await at.clock.advance(1);
  assert.equal((await at.ask(async () => 'second')).response, 'second');
});

test('an execution keeps its key for as long as it runs, and leaves no timer', async () => {
  const at = idempotencyWorld({ leaseMs: 1000 });
  const slow = manual();
  const first = watch(at.ask(slow.run));
  for (let each = 0; each < 100; each++) {
    await at.clock.advance(100);
    await assert.rejects(
      at.ask(async () => assert.fail('executed twice')),
      { because: 'in_flight' },
    );
  }
  slow.resolve('first');
  await at.clock.advance(0);
  assert.deepEqual(first.value(), { kind: 'executed', response: 'first', kept: true });
  assert.equal(at.clock.pendingTimers, 0);
});

test('an execution that its store did not hear of for a lease loses the key, and cannot overwrite the answer of its successor', async () => {
  let heard = false;
  const at = idempotencyWorld({ leaseMs: 1200 });
  const deaf = storeOf(at.memory, (...given) => (heard ? at.memory.renew(...given) : Promise.reject(new Error('store away'))));
  const policy = new IdempotencyPolicy<string>(resolveIdempotency({ leaseMs: 1200 }), { ...at, store: deaf });
  const slow = manual();
  const request = { key: 'k', fingerprint: 'f', keep: () => true };
  const first = watch(policy.run(request, slow.run));
  await at.clock.advance(1199);
  assert.deepEqual(
    at.of('idempotency_store_failed').map(({ during }) => during),
    ['renew', 'renew'],
  );
  await assert.rejects(policy.run(request, slow.run), { because: 'in_flight' });
  await at.clock.advance(1);
  assert.equal((await policy.run(request, async () => 'second')).kind, 'executed');
  heard = true;
  await at.clock.advance(400);
  slow.resolve('first');
  await at.clock.advance(0);
  assert.deepEqual(first.value(), { kind: 'executed', response: 'first', kept: false });
  assert.equal(at.of('idempotency_lease_lost').length, 1);
  assert.equal((await policy.run(request, async () => 'third')).response, 'second');
  assert.equal(at.clock.pendingTimers, 0);
});

test('a store that was started again empty is told of the executions under way', async () => {
  const at = idempotencyWorld({ leaseMs: 1200 });
  const stores = [at.memory, new MemoryIdempotencyStore<string>(at.clock, 3)] as const;
  let now: MemoryIdempotencyStore<string> = stores[0];
  const policy = new IdempotencyPolicy<string>(resolveIdempotency({ leaseMs: 1200 }), {
    ...at,
    store: {
      claim: (...given) => now.claim(...given),
      renew: (...given) => now.renew(...given),
      complete: (...given) => now.complete(...given),
      release: (...given) => now.release(...given),
    },
  });
  const slow = manual();
  const request = { key: 'k', fingerprint: 'f', keep: () => true };
  const first = watch(policy.run(request, slow.run));
  await at.clock.advance(0);
  now = stores[1];
  await at.clock.advance(400);
  await assert.rejects(policy.run(request, slow.run), { because: 'in_flight' });
  slow.resolve('first');
  await at.clock.advance(0);
  assert.equal(first.value().kind, 'executed');
  assert.equal((await policy.run(request, slow.run)).kind, 'replayed');
});

test('a key that is empty or too long gets 400', async () => {
  const at = idempotencyWorld();
  for (const key of ['', 'k'.repeat(256)])
    await assert.rejects(
      at.ask(async () => 'x', { key }),
      { status: 400, because: 'key' },
    );
  assert.equal((await at.ask(async () => 'x', { key: 'k'.repeat(255) })).kind, 'executed');
});

test('a store that is away refuses with 503, or executes without protection where that is asked for', async () => {
  const refusing = idempotencyWorld({}, away);
  const error = await refusing.ask(async () => 'x').catch((caught: unknown) => caught);
  assert.ok(error instanceof IdempotencyError && error.status === 503 && error.cause instanceof Error);
  const executing = idempotencyWorld({ whenStoreFails: 'execute' }, away);
  assert.deepEqual(await executing.ask(async () => 'x'), { kind: 'executed', response: 'x', kept: false });
  assert.deepEqual(
    executing.of('idempotency_store_failed').map(({ during, message }) => [during, message]),
    [['claim', 'store away']],
  );
});

test('a store that fails after the execution changes neither the answer nor the error', async () => {
  const at = idempotencyWorld({}, { ...away, claim: async () => ({ kind: 'claimed' }) });
  assert.deepEqual(await at.ask(async () => 'x'), { kind: 'executed', response: 'x', kept: false });
  await assert.rejects(
    at.ask(async () => Promise.reject(new Error('down'))),
    /down/,
  );
  assert.deepEqual(
    at.of('idempotency_store_failed').map(({ during }) => during),
    ['complete', 'release'],
  );
});

test('in shadow mode it keeps and tells, but everyone executes; off the store is not touched', async () => {
  const at = idempotencyWorld({ mode: 'shadow' });
  await at.ask(async () => 'first');
  assert.equal((await at.ask(async () => 'second')).response, 'second');
  assert.equal((await at.ask(async () => 'third', { fingerprint: 'g' })).response, 'third');
  const told = at.of('idempotency_decided').filter(({ shadow }) => shadow);
  assert.deepEqual(
    told.map(({ decision }) => decision),
    ['replay', 'mismatch'],
  );
  at.policy.reload({ mode: 'off' });
  assert.equal((await at.ask(async () => 'fourth', { key: 'other' })).kind, 'executed');
  assert.equal(at.memory.size, 1);
});

test('the memory store is bounded: old answers go, executions in flight never do', async () => {
  const at = idempotencyWorld();
  const claim = (key: string) => at.memory.claim(key, { fingerprint: 'f', token: key, leaseMs: 1000 });
  await claim('a');
  await at.memory.complete('a', 'a', 'answer', 60_000);
  await claim('b');
  await claim('c');
  await claim('d');
  assert.equal(at.memory.size, 3);
  assert.equal((await claim('b')).kind, 'in_flight');
  await assert.rejects(claim('e'), /3 executions hold every place of the idempotency store/);
  await at.clock.advance(1000);
  assert.equal((await claim('e')).kind, 'claimed', 'leases that have ended make room');
  assert.equal(await at.memory.release('e', 'not its token'), false);
  for (const entries of [0, 1.5]) {
    assert.throws(() => new MemoryIdempotencyStore(at.clock, entries), {
      message: `memoryIdempotencyStore.maxEntries must be an integer from 1 to 10000000, got ${entries}`,
    });
  }
});

test('the memory store renews a claim for its owner alone, one that nothing holds too, and makes room for that', async () => {
  const at = idempotencyWorld();
  const claim = (token: string) => ({ fingerprint: 'f', token, leaseMs: 1000 });
  await at.memory.claim('a', claim('1'));
  assert.equal(await at.memory.renew('a', claim('2')), false);
  await at.clock.advance(999);
  assert.equal(await at.memory.renew('a', claim('1')), true);
  const held = await at.memory.claim('a', claim('2'));
  assert.ok(held.kind === 'in_flight' && held.leaseEndsInMs === 1000);
  await at.memory.complete('a', '1', 'answer', 60_000);
  assert.equal(await at.memory.renew('a', claim('1')), false);
  for (const key of ['b', 'c', 'd']) assert.equal(await at.memory.renew(key, claim(key)), true);
  assert.equal(at.memory.size, 3);
  await assert.rejects(at.memory.renew('e', claim('e')), RangeError);
});

test('off, nothing is looked up or kept', async () => {
  const at = idempotencyWorld({ mode: 'off' });
  for (const answer of ['first', 'second']) {
    assert.deepEqual(await at.ask(async () => answer), { kind: 'executed', response: answer, kept: false });
  }
  assert.deepEqual([at.memory.size, at.events.length], [0, 0]);
});

test('in shadow mode a store that fails refuses nobody, whatever the options say', async () => {
  const at = idempotencyWorld({ mode: 'shadow', whenStoreFails: 'refuse' }, away);
  assert.deepEqual(await at.ask(async () => 'answer'), { kind: 'executed', response: 'answer', kept: false });
});

test('every decision is told as what it is, and marked as enforced', async () => {
  const at = idempotencyWorld();
  const work = manual();
  const first = watch(at.ask(work.run));
  await at.clock.advance(0);
  await assert.rejects(
    at.ask(async () => 'x'),
    IdempotencyError,
  );
  await assert.rejects(
    at.ask(async () => 'x', { fingerprint: 'other' }),
    IdempotencyError,
  );
  work.resolve('answer');
  await at.clock.advance(0);
  assert.equal(first.value().kind, 'executed');
  await at.ask(async () => 'x');
  assert.deepEqual(
    at.of('idempotency_decided').map(({ decision, shadow }) => [decision, shadow]),
    [
      ['execute', false],
      ['in_flight', false],
      ['mismatch', false],
      ['replay', false],
    ],
  );
  assert.deepEqual(at.of('idempotency_lease_lost'), []);
});

test('every execution claims under a token of its own', async () => {
  const tokens: string[] = [];
  const store: IdempotencyStore<string> = {
    claim: async (_, { token }) => {
      tokens.push(token);
      return { kind: 'claimed' };
    },
    renew: async () => true,
    complete: async () => true,
    release: async () => true,
  };
  const at = idempotencyWorld({}, store);
  for (const key of ['a', 'b', 'c']) await at.ask(async () => 'answer', { key });
  assert.equal(new Set(tokens).size, 3);
});

test('the memory store obeys the token that holds the key, and nobody once its lease has ended', async () => {
  const { clock, memory } = idempotencyWorld();
  await clock.advance(7000);
  const claim = (token: string) => memory.claim('k', { fingerprint: 'f', token, leaseMs: 1000 });
  assert.deepEqual(await claim('mine'), { kind: 'claimed' });
  await clock.advance(400);
  assert.deepEqual(await claim('other'), { kind: 'in_flight', fingerprint: 'f', leaseEndsInMs: 600 });
  assert.deepEqual([await memory.complete('k', 'other', 'x', 1000), await memory.release('k', 'other')], [false, false]);
  assert.deepEqual(
    [await memory.complete('nowhere', 'mine', 'x', 1000), await memory.release('nowhere', 'mine')],
    [false, false],
  );
  await clock.advance(600);
  assert.deepEqual([await memory.complete('k', 'mine', 'x', 1000), await memory.release('k', 'mine')], [false, false]);
  await claim('next');
  assert.equal(await memory.complete('k', 'next', 'answer', 1000), true);
  assert.deepEqual([await memory.complete('k', 'next', 'again', 1000), await memory.release('k', 'next')], [false, false]);
  assert.deepEqual(await claim('late'), { kind: 'done', fingerprint: 'f', response: 'answer', ageMs: 0 });
});

test('an execution that lost its key does not take it back when its successor lets it go', async () => {
  const at = idempotencyWorld();
  let heard = false;
  const store = storeOf(at.memory, (...given) => (heard ? at.memory.renew(...given) : Promise.reject(new Error('store away'))));
  const policy = new IdempotencyPolicy<string>(resolveIdempotency({ leaseMs: 1200 }), { ...at, store });
  const [slow, next] = [manual(), manual()];
  const request = { key: 'k', fingerprint: 'f', keep: (answer: string) => answer !== 'failure' };
  const first = watch(policy.run(request, slow.run));
  await at.clock.advance(1200);
  const second = watch(policy.run(request, next.run));
  heard = true;
  await at.clock.advance(400);
  next.resolve('failure');
  await at.clock.advance(400);
  assert.deepEqual(second.value(), { kind: 'executed', response: 'failure', kept: false });
  assert.equal(at.memory.size, 0);
  slow.resolve('first');
  await at.clock.advance(0);
  assert.deepEqual(first.value(), { kind: 'executed', response: 'first', kept: false });
  assert.equal(at.clock.pendingTimers, 0);
});

test('a renewal that is answered after the execution has ended is the last one', async () => {
  const at = idempotencyWorld();
  const renewed = Promise.withResolvers<boolean>();
  const store = storeOf(at.memory, () => renewed.promise);
  const policy = new IdempotencyPolicy<string>(resolveIdempotency({ leaseMs: 1200 }), { ...at, store });
  const slow = manual();
  const call = watch(policy.run({ key: 'k', fingerprint: 'f', keep: () => true }, slow.run));
  await at.clock.advance(400);
  slow.resolve('answer');
  await at.clock.advance(0);
  assert.equal(call.settled(), true);
  renewed.resolve(true);
  await at.clock.advance(0);
  assert.equal(at.clock.pendingTimers, 0);
});

test('in a full memory store a renewal costs no answer, and the answer that is longest unchanged goes first', async () => {
  const { clock, memory } = idempotencyWorld();
  const claim = (key: string) => memory.claim(key, { fingerprint: 'f', token: key, leaseMs: 1000 });
  for (const key of ['a', 'b', 'c']) await claim(key);
  await memory.complete('b', 'b', 'answer', 60_000);
  await memory.complete('a', 'a', 'answer', 60_000);
  await clock.advance(1);
  await memory.renew('c', { fingerprint: 'f', token: 'c', leaseMs: 1000 });
  assert.equal(memory.size, 3);
  await claim('d');
  assert.equal((await claim('a')).kind, 'done');
});

test('a snapshot has the options in force', () => {
  const at = idempotencyWorld();
  at.policy.reload({ ttlMs: 5000 });
  assert.deepEqual(at.policy.snapshot(), resolveIdempotency({ ttlMs: 5000 }));
});
