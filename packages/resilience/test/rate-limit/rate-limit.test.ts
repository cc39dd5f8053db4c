import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  gcra,
  MemoryRateStore,
  RateLimitedError,
  type RateLimitOptions,
  RateLimitPolicy,
  type RateStore,
  rateLimitFields,
  resolveRateLimit,
} from '@penstock/resilience';
import { layerWorld } from '../layer-world.ts';

const SIXTY = { limit: 60, windowMs: 60_000, burst: 10 } as const;

function rateWorld(options: Partial<RateLimitOptions> = SIXTY, given?: RateStore) {
  const at = layerWorld();
  const policy = new RateLimitPolicy(resolveRateLimit(options), { ...at, store: given ?? new MemoryRateStore(at.clock) });
  return { ...at, policy };
}

const away: RateStore = { take: async () => Promise.reject(new Error('store away')) };

test('a burst is allowed at once, then one request per interval', async () => {
  const at = rateWorld();
  for (let each = 9; each >= 0; each--) {
    const decision = await at.policy.take('c');
    assert.deepEqual([decision?.allowed, decision?.remaining], [true, each]);
  }
  assert.deepEqual(await at.policy.take('c'), { allowed: false, remaining: 0, resetMs: 10_000, retryAfterMs: 1000 });
  await at.clock.advance(999);
  assert.equal((await at.policy.take('c'))?.allowed, false, 'a refused request costs nothing, and this one is 1 ms early');
  await at.clock.advance(1);
  assert.equal((await at.policy.take('c'))?.allowed, true);
  assert.equal((await at.policy.take('other'))?.remaining, 9);
});

test('over a long time no more than the rate and the burst pass', async () => {
  const at = rateWorld();
  let allowed = 0;
  for (let each = 0; each < 6000; each++) {
    if ((await at.policy.take('c'))?.allowed) allowed++;
    await at.clock.advance(100);
  }
  assert.ok(allowed >= 600 && allowed <= 610, String(allowed));
});

test('a request may cost more than one, but not more than the burst', () => {
  const first = gcra(undefined, 0, SIXTY, 5);
  assert.deepEqual(first.decision, { allowed: true, remaining: 5, resetMs: 5000, retryAfterMs: 0 });
  assert.equal(gcra(first.tat, 0, SIXTY, 6).decision.retryAfterMs, 1000);
  assert.equal(gcra(undefined, 0, SIXTY, 11).decision.retryAfterMs, Number.POSITIVE_INFINITY);
});

test('intervals that are no whole numbers of anything do not lose requests to rounding', () => {
  const quota = { limit: 7, windowMs: 1000, burst: 7 };
  let tat: number | undefined;
  for (let left = 6; left >= 0; left--) {
    const next = gcra(tat, 0, quota, 1);
    assert.deepEqual([next.decision.allowed, next.decision.remaining], [true, left]);
    tat = next.tat;
  }
  assert.equal(gcra(tat, 0, quota, 1).decision.allowed, false);
});

test('the fields carry quota, window, what is left and the seconds until it is whole', () => {
  const { decision } = gcra(undefined, 0, SIXTY, 5);
  assert.deepEqual(rateLimitFields('default', SIXTY, decision), {
    'ratelimit-policy': '"default";q=60;w=60',
    ratelimit: '"default";r=5;t=5',
  });
  assert.throws(() => rateLimitFields('a"b', SIXTY, decision), /must be letters, digits, - and _, got "a\\"b"/);
});

test('a refusal says when to return', async () => {
  const at = rateWorld({ ...SIXTY, burst: 1 });
  assert.equal(await at.policy.run('c', async (decision) => decision?.remaining), 0);
  const error = await at.policy.run('c', async () => 1).catch((caught: unknown) => caught);
  assert.ok(error instanceof RateLimitedError);
  assert.deepEqual([error.retryAfterMs, error.layer, error.message], [1000, 'rate-limit', 'More than 60 requests in 60 s']);
  assert.deepEqual(
    at.of('rate_limited').map(({ limit, shadow }) => [limit, shadow]),
    [[60, false]],
  );
});

test('the memory store is bounded, and forgets those whose quota is whole first', async () => {
  const at = layerWorld();
  const store = new MemoryRateStore(at.clock, 2);
  for (const client of ['a', 'b', 'c']) await store.take(client, SIXTY, 1);
  assert.equal(store.size, 2);
  await at.clock.advance(60_000);
  await store.take('d', SIXTY, 1);
  assert.equal(store.size, 1);
});

test('without the store calls are let pass and that is told, or refused where that is asked for', async () => {
  const letting = rateWorld({}, away);
  assert.equal(await letting.policy.run('c', async (decision) => decision), undefined);
  assert.deepEqual(
    letting.of('rate_limit_store_failed').map(({ message }) => message),
    ['store away'],
  );
  await assert.rejects(
    rateWorld({ whenStoreFails: 'refuse' }, away).policy.run('c', async () => 1),
    { name: 'RateLimitUnavailableError' },
  );
});

test('while the store is away its stand-in counts, and each time is told; the store decides again once it is back', async () => {
  const at = layerWorld();
  const shared = new MemoryRateStore(at.clock);
  let gone = true;
  const store: RateStore = { take: (...given) => (gone ? away.take(...given) : shared.take(...given)) };
  const deps = { ...at, store, fallback: new MemoryRateStore(at.clock) };
  const policy = new RateLimitPolicy(resolveRateLimit({ ...SIXTY, burst: 1, whenStoreFails: 'refuse' }), deps);
  assert.equal((await policy.take('c'))?.allowed, true);
  assert.equal((await policy.take('c'))?.allowed, false);
  assert.equal(at.of('rate_limit_store_failed').length, 2);
  gone = false;
  assert.equal((await policy.take('c'))?.allowed, true);
  assert.equal(at.of('rate_limit_store_failed').length, 2);
});

test('in shadow mode everything is allowed and what would have been refused is told; off nothing is counted', async () => {
  const at = rateWorld({ ...SIXTY, burst: 1, mode: 'shadow' });
  for (let each = 0; each < 3; each++) assert.equal((await at.policy.take('c'))?.allowed, true);
  assert.deepEqual(
    at.of('rate_limited').map(({ shadow }) => shadow),
    [true, true],
  );
  at.policy.reload({ mode: 'off' });
  assert.equal(await at.policy.take('c'), undefined);
});

test('a reload applies to the quotas as they are', async () => {
  const at = rateWorld();
  for (let each = 0; each < 10; each++) await at.policy.take('c');
  at.policy.reload({ ...SIXTY, burst: 20 });
  assert.equal((await at.policy.take('c'))?.remaining, 9);
});

test('the policy names its quota in the fields, as default unless told otherwise, and shows its options', async () => {
  const at = rateWorld();
  const decision = await at.policy.take('c');
  assert.ok(decision !== undefined);
  assert.deepEqual(at.policy.fields(decision), { 'ratelimit-policy': '"default";q=60;w=60', ratelimit: '"default";r=9;t=1' });
  assert.match(at.policy.fields(decision, 'uploads').ratelimit, /^"uploads";/);
  assert.deepEqual(at.policy.snapshot(), at.policy.options);
});

test('a cost or a size that is none is refused with its name', async () => {
  const at = rateWorld();
  await assert.rejects(at.policy.take('c', { cost: 0.5 }), {
    message: 'rateLimit.take cost must be an integer from 1 to 10000000, got 0.5',
  });
  assert.throws(() => new MemoryRateStore(at.clock, 1.5), {
    message: 'memoryRateStore.maxClients must be an integer from 1 to 10000000, got 1.5',
  });
});

test('in shadow mode a store that fails refuses nobody, whatever the options say', async () => {
  const at = rateWorld({ ...SIXTY, mode: 'shadow', whenStoreFails: 'refuse' }, away);
  assert.equal(await at.policy.run('c', async () => 'answer'), 'answer');
});

test('the memory store looks at two clients a request, those that asked longest ago', async () => {
  const at = layerWorld();
  const store = new MemoryRateStore(at.clock);
  for (const client of ['a', 'b', 'c', 'd', 'e']) await store.take(client, SIXTY, 1);
  await store.take('a', SIXTY, 1);
  assert.equal(store.size, 5);
  await at.clock.advance(1000);
  await store.take('f', SIXTY, 1);
  assert.equal(store.size, 4, 'b and c are whole again; so are d and e');
  await store.take('f', SIXTY, 1);
  assert.equal(store.size, 2, 'a still owes');
});
