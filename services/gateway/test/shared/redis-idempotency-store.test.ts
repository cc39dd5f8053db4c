import assert from 'node:assert/strict';
import { it } from 'node:test';
import { until } from '../../../../test/support/process.ts';
import { redisAvailable, startRedis } from '../../../../test/support/redis.ts';
import { requireServer } from '../../../../test/support/require-server.ts';
import type { Delivery } from '../../src/layers/delivery.ts';
import { keptReply } from '../../src/shared/kept-reply.ts';
import { RedisIdempotencyStore } from '../../src/shared/redis-idempotency-store.ts';
import { connectTo } from './support/connect.ts';

/** An answer whose body is no text. */
const ANSWER: Delivery = {
  kind: 'answer',
  reply: {
    status: 201,
    headers: { 'content-type': 'application/json', 'x-list': 'ä', 'set-cookie': ['a', 'b'] },
    body: Buffer.from([0, 255, 13, 10, 128, 0]),
  },
};

it('Idempotency-Keys in Redis', async (t) => {
  if (!requireServer(t, 'Redis', await redisAvailable())) return;
  const server = await startRedis();
  const connections = [await connectTo(server.url), await connectTo(server.url)] as const;
  const one = new RedisIdempotencyStore(connections[0], keptReply);
  const other = new RedisIdempotencyStore(connections[1], keptReply);
  const claim = (token: string, fingerprint = 'f', leaseMs = 60_000) => ({ token, fingerprint, leaseMs });
  try {
    await t.test('a key is claimed once, and others are told who holds it and for how long', async () => {
      assert.deepEqual(await one.claim('a', claim('1')), { kind: 'claimed' });
      const held = await other.claim('a', claim('2', 'g'));
      assert.equal(held.kind, 'in_flight');
      assert.equal(held.fingerprint, 'f');
      assert.ok(held.leaseEndsInMs > 50_000 && held.leaseEndsInMs <= 60_000, String(held.leaseEndsInMs));
    });

    await t.test('of claims at the same moment one is granted', async () => {
      const found = await Promise.all(
        Array.from({ length: 100 }, (_, each) => (each % 2 === 0 ? one : other).claim('crowd', claim(String(each)))),
      );
      assert.equal(found.filter(({ kind }) => kind === 'claimed').length, 1);
    });

    await t.test('an answer comes back byte for byte, with its age, until its time has passed', async () => {
      await one.claim('b', claim('1'));
      assert.equal(await one.complete('b', '1', ANSWER, 300), true);
      const found = await other.claim('b', claim('2'));
      assert.equal(found.kind, 'done');
      assert.equal(found.fingerprint, 'f');
      assert.deepEqual(found.response, ANSWER);
      assert.ok(found.ageMs >= 0 && found.ageMs < 300, String(found.ageMs));
      await until('the answer to be forgotten', async () => (await other.claim('b', claim('3'))).kind === 'claimed');
    });

    await t.test('only its owner completes, releases or renews a claim, and only while it is one', async () => {
      await one.claim('c', claim('1'));
      assert.equal(await other.complete('c', '2', ANSWER, 1000), false);
      assert.equal(await other.release('c', '2'), false);
      assert.equal(await other.renew('c', claim('2')), false);
      assert.equal(await one.complete('c', '1', ANSWER, 60_000), true);
      assert.equal(await one.complete('c', '1', ANSWER, 1000), false);
      assert.equal(await one.release('c', '1'), false);
      assert.equal(await one.renew('c', claim('1')), false);
      assert.equal((await other.claim('c', claim('2'))).kind, 'done');
    });

    await t.test('a released key is free', async () => {
      await one.claim('d', claim('1'));
      assert.equal(await one.release('d', '1'), true);
      assert.equal((await other.claim('d', claim('2'))).kind, 'claimed');
    });

    await t.test('a claim lasts as long as its lease is renewed, and its old owner cannot take it back', async () => {
      await one.claim('e', claim('1', 'f', 300));
      assert.equal(await one.renew('e', claim('1')), true);
      const held = await other.claim('e', claim('2'));
      assert.ok(held.kind === 'in_flight' && held.leaseEndsInMs > 50_000);
      await one.renew('e', claim('1', 'f', 20));
      await until('the end of the lease', async () => (await other.claim('e', claim('2', 'g'))).kind === 'claimed');
      assert.equal(await one.renew('e', claim('1')), false);
      assert.equal(await one.complete('e', '1', ANSWER, 60_000), false);
    });

    await t.test('an execution under way claims its key again at a server that was started again empty', async () => {
      await one.claim('g', claim('1'));
      await connections[0].run((redis) => redis.flushall());
      assert.equal(await one.renew('g', claim('1')), true);
      const held = await other.claim('g', claim('2'));
      assert.ok(held.kind === 'in_flight' && held.fingerprint === 'f');
      assert.equal(await one.complete('g', '1', ANSWER, 60_000), true);
    });
  } finally {
    for (const connection of connections) connection.close();
    await server.close();
  }
});
