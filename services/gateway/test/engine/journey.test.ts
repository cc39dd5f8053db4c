import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { seededRandom, sleep } from '@penstock/clock';
import { answers, GateWorld, pushback, refuses, reply } from '../support/gate-world.ts';

describe('a call over several engines', () => {
  it('whose engines are all gone for 2 s: 20 concurrent callers succeed, no breaker opens, whatever chance does', async () => {
    for (const engines of [1, 2, 3, 4]) {
      for (let seed = 1; seed <= 15; seed++) {
        const at = new GateWorld(engines, {}, seededRandom(seed));
        at.answer = async () => (at.at < 2000 ? refuses : answers())({} as never, {} as never);
        const calls = Promise.all(Array.from({ length: 20 }, () => at.call()));
        await at.clock.runAll();
        const statuses = (await calls).map(({ status }) => status);
        assert.deepEqual(
          statuses,
          Array.from({ length: 20 }, () => 200),
        );
        assert.equal(at.sent.length, 60, 'three attempts for each');
        assert.deepEqual(at.of('breaker_transition'), []);
        assert.equal(at.clock.pendingTimers, 0);
        await at.close();
      }
    }
  });

  it('goes to another engine at once, and makes the last attempt when it would be made at a single engine', async () => {
    const at = new GateWorld(2);
    at.answer = refuses;
    const call = assert.rejects(
      at.call(),
      /did not answer after 3 attempts \(ECONNREFUSED\); not tried again: no attempts are left/,
    );
    await at.clock.runAll();
    await call;
    const [first, second, third] = at.sent;
    assert.deepEqual([first?.at, second?.at, third?.at], [0, 0, 3000]);
    assert.deepEqual([first?.attempt, second?.attempt, third?.attempt], [1, 2, 3]);
    assert.notEqual(first?.engine, second?.engine);
    assert.equal(first?.engine, third?.engine, 'after the wait the one that it was at longest ago');
    assert.deepEqual(
      at.of('retry_scheduled').map(({ attempt, delayMs }) => [attempt, delayMs]),
      [
        [1, 0],
        [2, 3000],
      ],
    );
    await at.close();
  });

  it('keeps the last attempt for a third engine, which may be the one that is sound', async () => {
    const at = new GateWorld(3);
    at.answer = async (attempt, engine) => (attempt.number < 3 ? refuses(attempt, engine) : reply(200));
    const call = at.call();
    await at.clock.runAll();
    assert.equal((await call).status, 200);
    assert.deepEqual(
      at.sent.map(({ at: when }) => when),
      [0, 0, 3000],
    );
    assert.equal(new Set(at.sent.map(({ engine }) => engine)).size, 3);
    await at.close();
  });

  it('with two attempts in all makes the second one at once', async () => {
    const at = new GateWorld(3, { RETRY_ATTEMPTS: '2' });
    at.answer = refuses;
    await assert.rejects(at.call());
    assert.deepEqual(
      at.sent.map(({ at: when }) => when),
      [0, 0],
    );
    await at.close();
  });

  it('is told to the breaker of an engine that fails alone, when the other has answered', async () => {
    const at = new GateWorld(2, {}, seededRandom(1));
    const dead = at.engines.all[0];
    at.answer = (attempt, engine) => (engine === dead ? refuses : answers())(attempt, engine);
    for (let i = 0; i < 40; i++) assert.equal((await at.call()).status, 200);
    assert.deepEqual(
      at.engines.all.map(({ state }) => state),
      ['open', 'closed'],
    );
    assert.equal(at.of('breaker_call').filter(({ name, status }) => name === 'engine-1' && status === 'failure').length, 15);
    await at.close();
  });

  it('is told to an engine that fails alone soon, however long the other one computes', async () => {
    const at = new GateWorld(2, { BALANCE_REST_MS: '0' }, seededRandom(1));
    const [dead] = at.engines.all;
    at.answer = async (attempt, engine) => {
      if (engine === dead) return refuses(attempt, engine);
      await sleep(at.clock, 60_000);
      return reply(200);
    };
    const calls = Promise.all(Array.from({ length: 40 }, () => at.call()));
    await at.clock.advance(900);
    assert.equal(dead?.state, 'closed');
    await at.clock.advance(200);
    assert.equal(dead?.state, 'open');
    await at.clock.advance(60_000);
    for (const { status } of await calls) assert.equal(status, 200);
    assert.equal(at.clock.pendingTimers, 0);
    await at.close();
  });

  it('whose engines all take 1.5 s to fail, for 2 s: that the second has the call for a while is no sign that it works', async () => {
    const at = new GateWorld(2, {}, seededRandom(1));
    at.answer = async () => {
      const broken = at.at < 2000;
      if (broken) await sleep(at.clock, 1500);
      return reply(broken ? 502 : 200);
    };
    const calls = Promise.all(Array.from({ length: 40 }, () => at.call()));
    await at.clock.runAll();
    for (const { status } of await calls) assert.equal(status, 200);
    assert.deepEqual(at.of('breaker_transition'), []);
    await at.close();
  });

  it('with nowhere else to go asks at once whether the engine whose breaker is open is ready again, and goes there', async () => {
    const at = new GateWorld(2, { BREAKER_READINESS_MS: '10000' }, seededRandom(1));
    const [one, other] = at.engines.all;
    let dead = one;
    if (one !== undefined) at.unready.add(one);
    at.answer = (attempt, engine) => (engine === dead ? refuses : answers())(attempt, engine);
    for (let i = 0; i < 400 && one?.state !== 'open'; i++) {
      await at.call();
      await at.clock.advance(100);
    }
    assert.equal(one?.state, 'open');
    await at.clock.advance(5000);
    at.unready.clear();
    dead = other;
    const call = at.call();
    await at.clock.advance(5);
    assert.equal(one?.state, 'half_open');
    await at.clock.runAll();
    assert.equal((await call).status, 200);
    assert.deepEqual(
      at.sent.slice(-2).map(({ engine }) => engine),
      [other?.id, one?.id],
    );
    await at.close();
  });

  it('does not go back to an engine that has asked to be left alone', async () => {
    const at = new GateWorld(2);
    let busy: string | undefined;
    at.answer = async ({ number }, { id }) => {
      if (number === 1) busy = id;
      if (id === busy) return { ...pushback, headers: { 'retry-after': '60' } };
      return reply(number === 2 ? 502 : 200);
    };
    const call = at.call();
    await at.clock.runAll();
    assert.equal((await call).status, 200);
    assert.deepEqual(
      at.sent.map(({ engine, at: when }) => [engine === busy, when]),
      [
        [true, 0],
        [false, 0],
        [false, 3000],
      ],
    );
    await at.close();
  });

  it('waits for the engine that asks for the shortest time, where all ask', async () => {
    const at = new GateWorld(2);
    at.answer = async ({ number }) =>
      number === 3 ? reply(200) : { ...pushback, headers: { 'retry-after': number === 1 ? '20' : '60' } };
    const call = at.call();
    await at.clock.runAll();
    assert.equal((await call).status, 200);
    assert.equal(at.sent[2]?.at, 20_000);
    assert.equal(at.sent[2]?.engine, at.sent[0]?.engine);
    await at.close();
  });

  it('waits with its attempt where the other engine has no room, and then makes it', async () => {
    const at = new GateWorld(2, { CONCURRENCY_MIN: '1', CONCURRENCY_MAX: '1' });
    const leaving = new AbortController();
    at.answer = () => new Promise(() => undefined);
    const held = assert.rejects(at.call({ signal: leaving.signal }));
    await at.clock.advance(0);
    const full = at.sent[0]?.engine;
    at.answer = async ({ number }) => reply(number === 1 ? 502 : 200);
    const call = at.call();
    await at.clock.advance(10_000);
    assert.equal((await call).status, 200);
    assert.ok(at.sent.slice(1).every(({ engine }) => engine !== full));
    assert.deepEqual(
      at.sent.slice(1).map(({ at: when }) => when),
      [0, 3000],
    );
    assert.equal(at.of('concurrency_shed').length, 1);
    leaving.abort();
    await held;
    await at.close();
  });

  it('that fails everywhere is a failure for each engine', async () => {
    const at = new GateWorld(2);
    at.answer = refuses;
    const calls = Promise.allSettled(Array.from({ length: 5 }, () => at.call()));
    await at.clock.advance(4000);
    await calls;
    assert.deepEqual(
      at.engines.all.map(({ state }) => state),
      ['open', 'open'],
    );
    await at.close();
  });

  it('pays for every further attempt from one bucket, and one success fills it once', async () => {
    const at = new GateWorld(2, { RETRY_BUDGET_PER_SECOND: '0', RETRY_BUDGET_CAPACITY: '10' });
    at.answer = refuses;
    const failed = assert.rejects(at.call());
    await at.clock.runAll();
    await failed;
    assert.equal(at.engines.budget.tokens, 8);
    at.answer = async (attempt, engine) => (attempt.number === 1 ? refuses(attempt, engine) : reply(200));
    await at.call();
    assert.equal(at.engines.budget.tokens, 7.5);
    await at.close();
  });

  it('ends with its client while it waits to go elsewhere, and leaves nothing behind', async () => {
    const at = new GateWorld(3);
    at.answer = refuses;
    const client = new AbortController();
    const call = assert.rejects(at.call({ signal: client.signal }), /The client went away/);
    await at.clock.advance(1000);
    client.abort();
    await call;
    assert.equal(at.clock.pendingTimers, 0);
    assert.equal(at.of('call_finished').at(-1)?.outcome, 'neutral');
    await at.close();
  });

  it('ends with a stop while it waits to go elsewhere', async () => {
    const at = new GateWorld(3);
    at.answer = refuses;
    const call = assert.rejects(at.call(), /The gateway shut down before the engine answered/);
    await at.clock.advance(1000);
    at.gate.stop();
    await call;
    assert.equal(at.clock.pendingTimers, 0);
    await at.close();
  });

  it('does not wait longer than its total', async () => {
    const at = new GateWorld(3);
    at.answer = refuses;
    await assert.rejects(at.call({ total: { totalMs: 2000, clientShortened: true } }), /not enough of the total time is left/);
    assert.equal(at.sent.length, 2);
    await at.close();
  });
});
