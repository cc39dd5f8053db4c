import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { seededRandom } from '@penstock/clock';
import { answers, GateWorld, refuses, reply } from '../support/gate-world.ts';

const CALLS = 6000;
const EVERY_MS = 10;

interface Run {
  readonly okShare: number;
  /** Rules that opened a breaker. */
  readonly openings: readonly string[];
  readonly refused: number;
}

/** Calls at 100 a second, three attempts in ten failed by chance. */
async function run(engines: number, seed: number): Promise<Run> {
  const random = seededRandom(seed);
  const at = new GateWorld(engines, {}, random);
  at.answer = async () => reply(random.next() < 0.3 ? 502 : 200);
  const calls: Promise<boolean>[] = [];
  for (let i = 0; i < CALLS; i++) {
    calls.push(at.call().then(({ status }) => status === 200));
    await at.clock.advance(EVERY_MS);
  }
  await at.clock.advance(10_000);
  const ok = (await Promise.all(calls)).filter(Boolean).length;
  const openings = at.of('breaker_transition').map(({ because }) => because);
  const refused = at.of('breaker_call').filter(({ status }) => status === 'rejected').length;
  await at.close();
  return { okShare: ok / CALLS, openings, refused };
}

describe('30 % random failures, 6,000 calls at 100 a second, with the defaults', () => {
  for (const engines of [1, 2, 3]) {
    it(`${engines === 1 ? 'at one engine' : `over ${engines} engines`}: no breaker opens, nobody is refused, retries make the calls good`, async (t) => {
      const { okShare, openings, refused } = await run(engines, 1);
      t.diagnostic(`seed 1: ${(okShare * 100).toFixed(2)} % succeed`);
      assert.deepEqual(openings, []);
      assert.equal(refused, 0);
      // Expected 1 − 0.3³ = 97.3 %, with a standard deviation of 0.21 %.
      assert.ok(okShare >= 0.965, `${okShare}`);
    });
  }
});

describe('one of several engines dead', () => {
  for (const engines of [2, 3]) {
    it(`it is ejected after 15 visits, with ${engines} engines, and no call fails`, async () => {
      const at = new GateWorld(engines, { BALANCE_REST_MS: '0' }, seededRandom(1));
      const [dead] = at.engines.all;
      at.answer = (attempt, engine) => (engine === dead ? refuses : answers())(attempt, engine);
      for (let i = 0; i < 100; i++) assert.equal((await at.call()).status, 200);
      assert.equal(dead?.state, 'open');
      assert.equal(at.sent.filter(({ engine }) => engine === dead?.id).length, 15);
      await at.close();
    });
  }
});
