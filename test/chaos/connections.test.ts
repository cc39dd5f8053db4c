import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { runLoad } from '../support/load.ts';
import type { Pair } from '../support/pair.ts';
import { analyze } from '../support/requests.ts';
import { breakersOf, distinct, withProxy } from './support.ts';

const ask = (pair: Pair, count: number, from: number) =>
  Promise.all(Array.from({ length: count }, (_, i) => analyze(pair.gatewayUrl, distinct(from + i))));

describe('the connections between gateway and engine', () => {
  it('cut for 2 s under 20 callers: 20 of 20 succeed with the defaults, and the breaker never opens', () =>
    withProxy({}, async (pair, proxy) => {
      await ask(pair, 5, 0);
      proxy.cut();
      const restored = new Promise<void>((resolve, reject) => setTimeout(() => proxy.restore().then(resolve, reject), 2000));
      const answers = await ask(pair, 20, 100);
      await restored;
      assert.deepEqual(
        answers.map(({ status }) => status),
        Array(20).fill(200),
      );
      assert.deepEqual((await breakersOf(pair.gatewayUrl))[0]?.transitions, []);
    }));

  it('half open: every caller succeeds once its attempt has timed out, on a connection that works', () =>
    withProxy({ ATTEMPT_TIMEOUT_MS: '3000', RETRY_BASE_MS: '50' }, async (pair, proxy) => {
      await ask(pair, 8, 0);
      const dead = proxy.halfOpen();
      assert.ok(dead >= 1, `${dead} connections were kept`);
      const answers = await ask(pair, 4, 100);
      assert.deepEqual(
        answers.map(({ status }) => status),
        Array(4).fill(200),
      );
      assert.equal((await breakersOf(pair.gatewayUrl))[0]?.state, 'closed');
    }));

  it('reset at random, one in five: at least 96 % of the calls succeed', (t) =>
    withProxy({ RETRY_BASE_MS: '50' }, async (pair, proxy) => {
      await ask(pair, 1, 0);
      proxy.resetAtRandom(0.2, 7);
      const { okShare, summary } = await runLoad({ url: pair.gatewayUrl, rps: 20, calls: 200, body: (i) => distinct(100 + i) });
      t.diagnostic(`${summary}; ${proxy.resetCount} resets`);
      assert.ok(proxy.resetCount > 10, `${proxy.resetCount} resets`);
      // 0.2³ = 0.8 % of the calls meet three resets; a head and a body that arrive apart are two draws.
      assert.ok(okShare >= 0.96, summary);
      assert.equal((await breakersOf(pair.gatewayUrl))[0]?.state, 'closed');
    }));

  it('slow and narrow: every call succeeds, later', (t) =>
    withProxy({}, async (pair, proxy) => {
      await ask(pair, 1, 0);
      Object.assign(proxy, { delayMs: 200, bytesPerSecond: 200_000 });
      const load = await runLoad({ url: pair.gatewayUrl, rps: 10, calls: 60, body: (i) => distinct(100 + i) });
      t.diagnostic(`${load.summary}; p50 ${load.percentile(0.5).toFixed(0)} ms`);
      assert.equal(load.ok, 60, load.summary);
      assert.ok(load.percentile(0) >= 400, `${load.percentile(0)} ms`);
    }));
});

describe('a black hole in place of the engine', () => {
  it('is noticed within the attempt’s timeout, and every caller succeeds when it is gone', () =>
    withProxy({ ATTEMPT_TIMEOUT_MS: '1500', RETRY_BASE_MS: '500' }, async (pair, proxy) => {
      await ask(pair, 2, 0);
      proxy.blackHole();
      setTimeout(() => proxy.blackHole(false), 2000);
      const answers = await ask(pair, 4, 100);
      assert.deepEqual(
        answers.map(({ status }) => status),
        Array(4).fill(200),
      );
    }));
});
