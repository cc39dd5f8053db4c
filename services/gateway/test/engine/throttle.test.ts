import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { type Random, scriptedRandom, seededRandom } from '@penstock/clock';
import { ProblemError } from '@penstock/contracts';
import type { EngineReply } from '../../src/engine/engine-reply.ts';
import { type Answer, answers, GateWorld, pushback, refuses, reply } from '../support/gate-world.ts';

/** Calls at 100 a second, each to its end. */
async function load(at: GateWorld, calls: number): Promise<{ ok: number; codes: string[] }> {
  const ends = Array.from({ length: calls }, async (_, index) => {
    await new Promise<void>((resolve) => at.clock.timer(index * 10, resolve));
    return at.call().then(
      ({ status }) => String(status),
      (error) => (error instanceof ProblemError ? error.code : String(error)),
    );
  });
  const codes = Promise.all(ends);
  await at.clock.advance(calls * 10 + 10_000);
  return { ok: (await codes).filter((code) => code === '200').length, codes: await codes };
}

const failing =
  (share: number, failure: EngineReply, random: Random): Answer =>
  async () =>
    random.next() < share ? failure : reply(200);
const pushesBack: Answer = async () => pushback;

const once = { RETRY_MODE: 'off', BREAKER_MODE: 'off' };

describe('Throttle -> Breaker -> Retry of each engine', () => {
  it('spares an engine that turns down most calls: 503, its layer named, and the breaker hears nothing of it', async () => {
    const at = new GateWorld(1, once, scriptedRandom(0.1));
    at.answer = pushesBack;
    for (let i = 0; i < 100; i++) await at.call().catch(() => undefined);
    const sent = at.sent.length;
    const refused = await at.call().then(
      () => assert.fail('not refused'),
      (error: ProblemError) => error,
    );
    assert.equal(at.sent.length, sent);
    assert.equal(refused.code, 'overloaded');
    assert.equal(refused.options.layer, 'throttle');
    assert.equal(refused.options.retryAfterS, 1);
    assert.equal(at.of('call_finished').at(-1)?.outcome, 'neutral');
    assert.equal(at.of('call_finished').at(-1)?.reason, 'throttle');
    assert.equal(at.of('breaker_call').filter(({ status }) => status !== 'success' && status !== 'failure').length, 0);
    await at.close();
  });

  it('a call goes to another engine where one is spared', async () => {
    const at = new GateWorld(2, { ...once, BALANCE_MODE: 'off' }, scriptedRandom(0.1));
    const [busy] = at.engines.all;
    for (let i = 0; i < 100; i++) busy?.throttle.heard('rejected');
    for (let i = 0; i < 10; i++) assert.equal((await at.call()).status, 200);
    assert.ok(at.sent.every(({ engine }) => engine === 'engine-2'));
    assert.equal(at.of('throttle_refused').length, 10);
    await at.close();
  });

  it('refuses nobody while 30 % of the attempts are turned down, since retries make them good', async () => {
    const at = new GateWorld(1, {}, seededRandom(3));
    at.answer = failing(0.3, pushback, seededRandom(4));
    const { ok, codes } = await load(at, 3000);
    assert.deepEqual(at.of('throttle_refused'), []);
    assert.ok(!codes.includes('overloaded'));
    assert.ok(ok > 2850, `${ok} of 3000`);
    await at.close();
  });

  it('takes a 503 that is no pushback for a failure like any other: nobody is refused for it', async () => {
    const at = new GateWorld(1, once, seededRandom(3));
    at.answer = failing(0.9, reply(503), seededRandom(4));
    const { codes } = await load(at, 1000);
    assert.deepEqual(at.of('throttle_refused'), []);
    assert.equal(at.engines.all[0]?.throttle.snapshot().accepts, at.engines.all[0]?.throttle.snapshot().requests);
    assert.ok(!codes.includes('overloaded'));
    await at.close();
  });

  for (const engines of [1, 2]) {
    it(`leaves an outage of ${engines} engines to the breaker, whether connections are refused or 503 comes back`, async () => {
      for (const outage of [refuses, answers(503)]) {
        const at = new GateWorld(engines, {}, seededRandom(5));
        at.answer = outage;
        const { codes } = await load(at, 2000);
        assert.deepEqual(at.of('throttle_refused'), []);
        assert.ok(codes.includes('circuit_open'));
        await at.close();
      }
    });

    it(`bridges 2 s in which ${engines} engines push back`, async () => {
      const at = new GateWorld(
        engines,
        { BREAKER_ATTEMPTS: '10000', BREAKER_ATTEMPT_VOLUME: '10000', RETRY_BUDGET_CAPACITY: '1000' },
        seededRandom(6),
      );
      at.answer = async () => (at.at > 1000 && at.at < 3000 ? pushback : reply(200));
      const { ok } = await load(at, 240);
      assert.equal(ok, 240);
      await at.close();
    });
  }

  it('forgets what was turned down once the breaker has closed again', async () => {
    const at = new GateWorld(1, { RETRY_MODE: 'off', BREAKER_OPEN_MS: '1000' }, scriptedRandom(0.5));
    at.answer = answers(503);
    for (let i = 0; i < 30; i++) await at.call().catch(() => undefined);
    const throttle = at.engines.all[0]?.throttle;
    for (let i = 0; i < 30; i++) throttle?.heard('rejected');
    assert.ok((throttle?.probability ?? 0) > 0.5);
    await at.clock.advance(1500);
    at.answer = answers();
    for (let i = 0; i < 10; i++) assert.equal((await at.call()).status, 200);
    assert.equal(throttle?.probability, 0);
    await at.close();
  });

  it('in shadow mode tells, and sends everything', async () => {
    const at = new GateWorld(1, { ...once, THROTTLE_MODE: 'shadow' }, scriptedRandom(0.1));
    at.answer = pushesBack;
    for (let i = 0; i < 110; i++) assert.equal((await at.call()).status, 503);
    assert.equal(at.sent.length, 110);
    assert.ok(at.of('throttle_refused').every(({ shadow }) => shadow));
    assert.ok(at.of('throttle_refused').length > 0);
    await at.close();
  });
});
