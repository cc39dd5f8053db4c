import assert from 'node:assert/strict';
import { it } from 'node:test';
import { setTimeout as wait } from 'node:timers/promises';
import { FaultProxy } from '../../../../test/support/fault-proxy.ts';
import { until } from '../../../../test/support/process.ts';
import { redisAvailable, startRedis } from '../../../../test/support/redis.ts';
import { requireServer } from '../../../../test/support/require-server.ts';
import type { RedisConnection, RedisState } from '../../src/shared/redis-connection.ts';
import { connectTo } from './support/connect.ts';

const kinds = (states: readonly RedisState[]): string[] => states.map(({ kind }) => kind);
const ping = (connection: RedisConnection): Promise<string> => connection.run((redis) => redis.ping());

it('a connection to Redis', async (t) => {
  if (!requireServer(t, 'Redis', await redisAvailable())) return;
  const server = await startRedis();
  const proxy = await FaultProxy.start();
  proxy.targetPort = server.port;
  t.after(async () => {
    proxy.close();
    await server.close();
  });

  await t.test('is told of once when the server is killed, fails at once meanwhile, and comes back by itself', async () => {
    const states: RedisState[] = [];
    const connection = await connectTo(server.url, { states });
    assert.equal(await ping(connection), 'PONG');
    await server.kill();
    await until('the end of the connection', () => connection.state.kind === 'away');
    for (let each = 0; each < 5; each++) await assert.rejects(ping(connection), /^RedisAwayError: Redis is away: /);
    assert.deepEqual(kinds(states), ['connected', 'away']);
    await server.start();
    await until('the new connection', async () => connection.state.kind === 'connected' && (await ping(connection)) === 'PONG');
    assert.deepEqual(kinds(states), ['connected', 'away', 'connected']);
    connection.close();
  });

  await t.test('is given up after one command without an answer: the next ones do not wait for it', async () => {
    const states: RedisState[] = [];
    const connection = await connectTo(`redis://127.0.0.1:${proxy.port}`, { states, timeoutMs: 300 });
    proxy.blackHole();
    const waiting = [ping(connection), ping(connection)];
    for (const each of waiting) await assert.rejects(each);
    await assert.rejects(ping(connection), /Command timed out/);
    assert.deepEqual(kinds(states), ['connected', 'away']);
    proxy.blackHole(false);
    await until('the new connection', () => connection.state.kind === 'connected');
    assert.equal(await ping(connection), 'PONG');
    connection.close();
    await until('both sides to be closed', () => proxy.open === 0);
  });

  await t.test('is told of once where a replica answers, and serves again once it is a primary', async () => {
    const states: RedisState[] = [];
    const write = (connection: RedisConnection) => connection.run((redis) => redis.set('a', 'b'));
    const connection = await connectTo(server.url, { states });
    assert.equal(await write(connection), 'OK');
    // Its primary is never there: it stays a replica.
    assert.equal(await server.command('REPLICAOF 127.0.0.1 1'), '+OK');
    await assert.rejects(write(connection), /READONLY/);
    await assert.rejects(
      write(connection),
      /^RedisAwayError: Redis is away: READONLY You can't write against a read only replica\.$/,
    );
    const later = await connectTo(server.url);
    assert.equal(later.state.kind, 'away', 'found out before the first command');
    await until('several attempts', async () =>
      /cmdstat_set:.*rejected_calls=(?:[4-9]|\d\d)/.test(await server.command('INFO commandstats')),
    );
    assert.deepEqual(kinds(states), ['connected', 'away']);
    assert.match(JSON.stringify(connection.state), /READONLY/);

    await server.command('REPLICAOF NO ONE');
    await until('both connections', () => connection.state.kind === 'connected' && later.state.kind === 'connected');
    assert.equal(await write(connection), 'OK');
    assert.deepEqual(kinds(states), ['connected', 'away', 'connected']);
    connection.close();
    later.close();
  });

  await t.test('is away where a server refuses every write, by the words of a script as well', async () => {
    const states: RedisState[] = [];
    const connection = await connectTo(server.url, { states });
    await server.command('CONFIG SET min-replicas-to-write 1');
    const script = "return redis.call('SET', KEYS[1], 'b')";
    await assert.rejects(
      connection.run((redis) => redis.eval(script, 1, 'a')),
      /NOREPLICAS/,
    );
    assert.deepEqual(
      states.map((state) => (state.kind === 'away' ? state.because : state.kind)),
      ['connected', 'NOREPLICAS Not enough good replicas to write.'],
    );
    await server.command('CONFIG SET min-replicas-to-write 0');
    await until('the connection', () => connection.state.kind === 'connected');
    connection.close();
  });

  await t.test('goes on after an error that is an answer', async () => {
    const states: RedisState[] = [];
    const connection = await connectTo(server.url, { states });
    await assert.rejects(
      connection.run((redis) => redis.call('NO-SUCH-COMMAND')),
      /ERR unknown command/,
    );
    assert.equal(await ping(connection), 'PONG');
    assert.deepEqual(kinds(states), ['connected']);
    connection.close();
  });
});

it('a Redis that was never there is told of once, with its reason and without its password, and keeps nobody waiting', async () => {
  const states: RedisState[] = [];
  const connection = await connectTo('redis://user:secret@127.0.0.1:1', { states });
  await assert.rejects(ping(connection), /ECONNREFUSED/);
  assert.equal(connection.address, '127.0.0.1:1');
  // Longer than it takes until the next attempt.
  await wait(100);
  connection.close();
  assert.deepEqual(kinds(states), ['away']);
  assert.doesNotMatch(JSON.stringify(states), /secret/);
});
