import assert from 'node:assert/strict';
import { it } from 'node:test';
import { setTimeout as wait } from 'node:timers/promises';
import { redisAvailable, startRedis } from '../../../../test/support/redis.ts';
import { requireServer } from '../../../../test/support/require-server.ts';
import { RedisRateStore } from '../../src/shared/redis-rate-store.ts';
import { connectTo } from './support/connect.ts';

/** One request in 10 s comes back: nothing does while a test runs. */
const SLOW = { limit: 6, windowMs: 60_000, burst: 5 } as const;

it('quotas in Redis', async (t) => {
  if (!requireServer(t, 'Redis', await redisAvailable())) return;
  const server = await startRedis();
  const connections = [await connectTo(server.url), await connectTo(server.url)] as const;
  const [one, other] = [new RedisRateStore(connections[0]), new RedisRateStore(connections[1])];
  try {
    await t.test('are one quota for several gateways', async () => {
      const remaining: number[] = [];
      for (const store of [one, other, one, other, one]) remaining.push((await store.take('shared', SLOW, 1)).remaining);
      assert.deepEqual(remaining, [4, 3, 2, 1, 0]);
      const refused = await other.take('shared', SLOW, 1);
      assert.equal(refused.allowed, false);
      assert.ok(refused.retryAfterMs > 0 && refused.retryAfterMs <= 10_000, String(refused.retryAfterMs));
      assert.ok(refused.resetMs > 40_000 && refused.resetMs <= 50_000, String(refused.resetMs));
      assert.equal((await one.take('another client', SLOW, 1)).remaining, 4);
    });

    await t.test('let exactly the burst pass of requests that come at the same moment', async () => {
      const quota = { limit: 7, windowMs: 60_000, burst: 70 };
      const decisions = await Promise.all(
        Array.from({ length: 300 }, (_, each) => (each % 2 === 0 ? one : other).take('crowd', quota, 1)),
      );
      assert.equal(decisions.filter(({ allowed }) => allowed).length, 70);
      assert.deepEqual(
        decisions
          .filter(({ allowed }) => allowed)
          .map(({ remaining }) => remaining)
          .sort((a, b) => b - a),
        Array.from({ length: 70 }, (_, each) => 69 - each),
      );
    });

    await t.test('come back as time passes by the clock of Redis', async () => {
      const quota = { limit: 20, windowMs: 1000, burst: 2 };
      await one.take('returning', quota, 2);
      const refused = await one.take('returning', quota, 1);
      assert.equal(refused.allowed, false);
      await wait(refused.retryAfterMs + 5);
      assert.equal((await other.take('returning', quota, 1)).allowed, true);
    });

    await t.test('are refused what costs more than the burst, and owe nothing for it', async () => {
      const refused = await one.take('large', SLOW, 6);
      assert.deepEqual(refused, { allowed: false, remaining: 5, resetMs: 0, retryAfterMs: Number.POSITIVE_INFINITY });
      assert.equal((await one.take('large', SLOW, 5)).allowed, true);
    });

    await t.test('are forgotten when they are whole', async () => {
      await one.take('brief', { limit: 1000, windowMs: 1000, burst: 10 }, 1);
      await wait(10);
      const left = await connections[0].run((redis) => redis.exists('penstock:rate:1:brief'));
      assert.equal(left, 0);
    });

    await t.test('do not depend on the script having been loaded', async () => {
      await connections[0].run((redis) => redis.script('FLUSH'));
      assert.equal((await one.take('after a flush', SLOW, 1)).remaining, 4);
    });
  } finally {
    for (const connection of connections) connection.close();
    await server.close();
  }
});
