import assert from 'node:assert/strict';
import { it } from 'node:test';
import { redisAvailable, startRedis } from '../../../../test/support/redis.ts';
import { requireServer } from '../../../../test/support/require-server.ts';
import { openCache } from '../../src/index.ts';
import { until } from '../support/until.ts';

it('the Redis cache keeps bytes, survives its server being killed and slow, and recovers by itself', async (t) => {
  if (!requireServer(t, 'Redis', await redisAvailable())) return;
  const redis = await startRedis();
  const errors: Error[] = [];
  const cache = openCache({ redisUrl: redis.url, maxBytes: 1, onError: (error) => errors.push(error), commandTimeoutMs: 150 });
  try {
    await until('connected', async () => {
      await cache.set('a', Buffer.from([0, 255, 7]), 60);
      return (await cache.get('a')) !== undefined;
    });
    assert.equal(cache.kind, 'redis');

    await t.test('gives back the very bytes', async () => {
      assert.deepEqual(await cache.get('a'), Buffer.from([0, 255, 7]));
      assert.equal(await cache.get('b'), undefined);
    });

    await t.test('reports memory after a ping', async () => {
      await cache.ping();
      assert.ok(cache.stats().size > 0);
      assert.equal(cache.stats().capacity, null);
    });

    await t.test('is a miss within its command timeout while the server is slow', async () => {
      const before = errors.length;
      redis.pause();
      const started = performance.now();
      assert.equal(await cache.get('a'), undefined);
      const took = performance.now() - started;
      redis.resume();
      assert.ok(took < 1000, `${took} ms`);
      assert.ok(errors.length > before);
    });

    await t.test('is a miss at once while the server is gone, and tells', async () => {
      await redis.kill();
      const before = errors.length;
      const started = performance.now();
      for (let i = 0; i < 20; i++) assert.equal(await cache.get('a'), undefined);
      await cache.set('a', Buffer.from('x'), 60);
      assert.ok(performance.now() - started < 1500);
      assert.ok(errors.length > before);
      await assert.rejects(cache.ping());
    });

    await t.test('serves again once the server is back', async () => {
      await redis.start();
      await until('recovered', async () => {
        await cache.set('c', Buffer.from('again'), 60);
        return String(await cache.get('c')) === 'again';
      });
      await cache.ping();
    });

    await t.test('lets entries expire', async () => {
      await cache.set('short', Buffer.from('x'), 0.05);
      await until('expired', async () => (await cache.get('short')) === undefined);
    });
  } finally {
    await cache.close();
    await redis.close();
  }
});

it('a Redis that was never there is a miss, and keeps no process alive', async () => {
  const errors: Error[] = [];
  const cache = openCache({ redisUrl: 'redis://127.0.0.1:1', maxBytes: 1, onError: (error) => errors.push(error) });
  assert.equal(await cache.get('a'), undefined);
  await cache.close();
  assert.ok(errors.length > 0);
});
