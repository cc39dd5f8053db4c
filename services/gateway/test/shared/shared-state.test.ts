import assert from 'node:assert/strict';
import path from 'node:path';
import { after, before, beforeEach, describe, it } from 'node:test';
import { FaultProxy } from '../../../../test/support/fault-proxy.ts';
import { freePort, runNode, until } from '../../../../test/support/process.ts';
import { redisAvailable, startRedis, type TestRedis } from '../../../../test/support/redis.ts';
import { requireServer } from '../../../../test/support/require-server.ts';
import { ok, ScriptedEngine, silence } from '../support/scripted-engine.ts';
import { type Answer, TestGateway } from '../support/test-gateway.ts';

const MAIN = path.join(import.meta.dirname, '../../src/main.ts');
const KEY_REFUSED = [503, 'storage_unavailable', 'idempotency'];
const summary = ({ status, body }: Answer): unknown[] => [status, body.code, body.layer];

/** Answers that come when the test says so. */
function held() {
  const { promise, resolve } = Promise.withResolvers<void>();
  const script: ScriptedEngine['script'] = (received, response) =>
    void promise.then(() => ok({ held: true })(received, response));
  return { script, release: resolve };
}

describe('two gateways at one Redis', async () => {
  const available = await redisAvailable();
  if (available !== true) {
    it('share quotas and Idempotency-Keys', (t) => void requireServer(t, 'Redis', available));
    return;
  }
  let redis: TestRedis;
  let proxy: FaultProxy;
  let engine: ScriptedEngine;
  let one: TestGateway;
  let other: TestGateway;
  let env: Record<string, string>;
  let keys = 0;
  let key: string;

  before(async () => {
    redis = await startRedis();
    proxy = await FaultProxy.start();
    proxy.targetPort = redis.port;
    engine = await ScriptedEngine.start();
    env = {
      ENGINE_URL: engine.url,
      REDIS_URL: `redis://127.0.0.1:${proxy.port}`,
      RATE_LIMIT_MODE: 'enforce',
      RATE_LIMIT_REQUESTS: '1000',
      RATE_LIMIT_WINDOW_MS: '86400000',
      RATE_LIMIT_BURST: '1000',
      COALESCE_MODE: 'off',
    };
    one = await TestGateway.start(env);
    other = await TestGateway.start(env);
  });
  after(async () => {
    await one.stop();
    await other.stop();
    await engine.stop();
    await until('every connection to Redis to be closed', () => proxy.open === 0);
    proxy.close();
    await redis.close();
  });
  beforeEach(() => {
    key = `key-${++keys}`;
    engine.requests.length = 0;
    engine.script = ok({ fresh: true });
  });

  const ask = (gateway: TestGateway, seed = 1) => gateway.analyze({ seed }, { 'idempotency-key': key });
  const remaining = async (gateway: TestGateway): Promise<number> => {
    const { headers } = await gateway.send('/api/datasets');
    return Number(/;r=(\d+);/.exec(headers.get('ratelimit') ?? '')?.[1]);
  };
  const state = async (gateway: TestGateway) => (await gateway.send('/api/resilience')).body.shared_state;
  const connected = (gateway: TestGateway) => until('Redis to be back', async () => (await state(gateway)).ok);

  it('count each client once', async () => {
    const left = await remaining(one);
    assert.equal(await remaining(other), left - 1);
    assert.equal(await remaining(one), left - 2);
  });

  it('replay what the other one has executed', async () => {
    const first = await ask(one);
    const second = await ask(other);
    assert.deepEqual(second.body, first.body);
    assert.equal(second.headers.get('idempotency-replayed'), 'true');
    assert.equal(second.headers.get('age'), '0');
    assert.equal(second.headers.get('content-type'), first.headers.get('content-type'));
    assert.equal(engine.requests.length, 1);
    assert.deepEqual(summary(await ask(other, 2)), [422, 'idempotency_mismatch', 'idempotency']);
  });

  it('refuse a key that the other one executes', async () => {
    const work = held();
    engine.script = work.script;
    const first = ask(one);
    await until('the first request', () => engine.requests.length === 1);
    const second = await ask(other);
    assert.deepEqual(summary(second), [409, 'idempotency_conflict', 'idempotency']);
    assert.equal(second.headers.get('retry-after'), '1');
    work.release();
    assert.equal((await first).status, 200);
    assert.equal((await ask(other)).headers.get('idempotency-replayed'), 'true');
  });

  it('free the key of a gateway that was killed when its lease has ended', async () => {
    engine.script = silence;
    const port = await freePort();
    const running = runNode(MAIN, { ...env, GATEWAY_PORT: String(port), IDEMPOTENCY_LEASE_MS: '1000', LOG_FORMAT: 'ecs' });
    try {
      const url = `http://127.0.0.1:${port}`;
      await until('the process', async () => (await fetch(`${url}/health/ready`).catch(() => undefined))?.status === 200);
      const headers = { 'content-type': 'application/json', 'idempotency-key': key };
      const lost = fetch(`${url}/api/analyze/comprehensive`, { method: 'POST', headers, body: '{"seed":1}' });
      const ended = assert.rejects(lost);
      await until('its request', () => engine.requests.length === 1);
      assert.match(running.output, /Redis at 127\.0\.0\.1:\d+ answers: quotas and Idempotency-Keys are shared/);
      running.kill('SIGKILL');
      await ended;
      engine.script = ok();
      assert.equal((await ask(one)).status, 409);
      await until('the key to be free', async () => (await ask(one)).status === 200);
      assert.equal(engine.requests.length, 2);
    } finally {
      await running.end();
    }
  });

  it('go on alone while Redis is killed, refuse keys, answer what is under way, and share again when it is back', async () => {
    const work = held();
    engine.script = work.script;
    const underWay = ask(one);
    await until('the first request', () => engine.requests.length === 1);
    await redis.kill();
    await until('the loss to be seen', async () => !(await state(one)).ok);
    work.release();
    assert.equal((await underWay).status, 200);

    engine.script = ok();
    const refused = await ask(one);
    assert.deepEqual(summary(refused), KEY_REFUSED);
    assert.equal(refused.headers.get('retry-after'), '1');
    assert.equal(await remaining(one), 998, 'the quota of this gateway alone, of which only the refused request has taken');
    assert.equal(await remaining(one), 997);
    assert.equal((await one.analyze({ seed: 1 })).status, 200, 'without a key nothing is refused');

    await redis.start();
    await connected(one);
    await connected(other);
    assert.equal((await ask(one)).status, 200);
    assert.equal((await ask(other)).headers.get('idempotency-replayed'), 'true');
    assert.equal(await remaining(other), (await remaining(one)) + 1);
  });

  it('go on alone at a Redis that became a replica, as if it were gone, and share again when it is a primary', async () => {
    const work = held();
    engine.script = work.script;
    const underWay = ask(one);
    await until('the first request', () => engine.requests.length === 1);
    await redis.command('REPLICAOF 127.0.0.1 1');
    engine.script = ok();
    const failures = (await one.metric(STORE_FAILED)) ?? 0;
    const answers = await Promise.all(Array.from({ length: 20 }, () => one.send('/api/datasets')));
    assert.ok(answers.every((answer) => answer.status === 200));
    assert.ok(((await one.metric(STORE_FAILED)) ?? 0) >= failures + 20);
    assert.equal(await remaining(one), (await remaining(one)) + 1, 'the quota of this gateway alone');
    work.release();
    assert.equal((await underWay).status, 200, 'what is under way is answered');
    assert.deepEqual(summary(await ask(one)), KEY_REFUSED);
    assert.deepEqual(summary(await ask(other)), KEY_REFUSED);
    for (const gateway of [one, other]) {
      assert.match((await state(gateway)).detail, /READONLY/);
      assert.equal(await gateway.metric('shared_state_up'), 0);
    }

    await redis.command('REPLICAOF NO ONE');
    await connected(one);
    await connected(other);
    key += '-new';
    assert.equal((await ask(one)).status, 200);
    assert.equal((await ask(other)).headers.get('idempotency-replayed'), 'true');
    assert.equal(await remaining(other), (await remaining(one)) + 1);
  });

  it('follow their address to the new primary after a failover, with the keys and quotas that it has', async () => {
    const replica = await startRedis();
    try {
      await replica.command(`REPLICAOF 127.0.0.1 ${redis.port}`);
      await until('the replica to follow', async () => /state=online/.test(await redis.command('INFO replication')));
      const first = await ask(one);
      const left = await remaining(one);
      assert.equal(await redis.command(`FAILOVER TO 127.0.0.1 ${replica.port}`), '+OK');
      await until('the failover', async () => /role:slave/.test(await redis.command('INFO replication')));
      // As a name does that moves: connections that are open stay at the former primary.
      proxy.targetPort = replica.port;
      assert.equal((await one.send('/api/datasets')).status, 200);
      assert.equal((await other.send('/api/datasets')).status, 200);
      await connected(one);
      await connected(other);
      const second = await ask(other);
      assert.equal(second.headers.get('idempotency-replayed'), 'true');
      assert.deepEqual(second.body, first.body);
      assert.equal(await remaining(other), left - 2, 'less the replay and this one; what came meanwhile was counted alone');
    } finally {
      proxy.targetPort = redis.port;
      await replica.close();
      await redis.command('REPLICAOF NO ONE');
      await connected(one);
      await connected(other);
    }
  });

  it('answer without a Redis that swallows what it is sent, and tell of it', async () => {
    const { status, body } = await one.send('/health');
    assert.equal(status, 200);
    const check = (checks: { name: string }[]) => checks.find(({ name }) => name === 'shared-state');
    assert.deepEqual(check(body.checks), {
      name: 'shared-state',
      ok: true,
      detail: `Redis at 127.0.0.1:${proxy.port}: connected`,
    });
    assert.equal(await one.metric('shared_state_up'), 1);
    const failures = (await one.metric(STORE_FAILED)) ?? 0;

    proxy.blackHole();
    const answers = await Promise.all(Array.from({ length: 20 }, () => one.send('/api/datasets')));
    assert.ok(answers.every((answer) => answer.status === 200));
    assert.deepEqual(summary(await ask(one)), KEY_REFUSED);
    assert.equal((await state(one)).ok, false);
    assert.equal((await one.send('/health/ready')).status, 200, 'Redis does not decide readiness');
    assert.match(
      JSON.stringify(check((await one.send('/health')).body.checks)),
      /"ok":false,"detail":"Redis at .*: Command timed out"/,
    );
    assert.equal(await one.metric('shared_state_up'), 0);
    assert.ok(((await one.metric(STORE_FAILED)) ?? 0) >= failures + 20);

    proxy.blackHole(false);
    await connected(one);
    await connected(other);
    assert.equal((await ask(one)).status, 200);
  });

  it('drain and end while Redis swallows what it is sent', async () => {
    const port = await freePort();
    const running = runNode(MAIN, { ...env, GATEWAY_PORT: String(port), DRAIN_PROPAGATION_MS: '0', LOG_FORMAT: 'ecs' });
    try {
      const url = `http://127.0.0.1:${port}`;
      await until('the process', async () => (await fetch(`${url}/health/ready`).catch(() => undefined))?.status === 200);
      proxy.blackHole();
      assert.equal((await fetch(`${url}/api/datasets`)).status, 200);
      running.kill('SIGTERM');
      assert.deepEqual(await running.exited, { code: 0, signal: null });
      const told = running.output.split('\n').filter((line) => line.includes('is away'));
      assert.equal(told.length, 1, running.output);
    } finally {
      await running.end();
      proxy.blackHole(false);
    }
  });

  it('start without Redis, and say so', async () => {
    const alone = await TestGateway.start({ ...env, REDIS_URL: 'redis://127.0.0.1:1' });
    assert.equal((await alone.send('/api/datasets')).status, 200);
    assert.deepEqual(summary(await ask(alone)), KEY_REFUSED);
    const { kind, ok: answers, detail } = await state(alone);
    assert.deepEqual([kind, answers], ['redis', false]);
    assert.match(detail, /Redis at 127\.0\.0\.1:1: .*ECONNREFUSED/);
    await alone.stop();
  });
});

const STORE_FAILED = 'policy_store_failures_total{policy="rate-limit",operation="take"}';

describe('a gateway without Redis', () => {
  it('keeps quotas and keys in its memory, and says so', async () => {
    const engine = await ScriptedEngine.start();
    const gateway = await TestGateway.start({ ENGINE_URL: engine.url });
    const { body } = await gateway.send('/api/resilience');
    assert.deepEqual(body.shared_state, { kind: 'memory', ok: true, since: null, detail: 'of this gateway alone' });
    assert.equal(await gateway.metric('shared_state_up'), 1);
    await gateway.stop();
    await engine.stop();
  });
});
