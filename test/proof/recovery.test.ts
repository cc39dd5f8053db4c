import assert from 'node:assert/strict';
import { describe, it, type TestContext } from 'node:test';
import { setTimeout as wait } from 'node:timers/promises';
import { breakersOf, distinct, withProxy } from '../chaos/support.ts';
import type { FaultProxy } from '../support/fault-proxy.ts';
import { runLoad } from '../support/load.ts';
import type { Pair } from '../support/pair.ts';
import { analyze } from '../support/requests.ts';
import { perSecond } from './support.ts';

const RPS = 200;
const BEFORE_MS = 5000;
const CUT_MS = 2000;

interface Cut {
  readonly pair: Pair;
  readonly proxy: FaultProxy;
}

async function warmUp(pair: Pair): Promise<void> {
  const { ok, summary } = await runLoad({ url: pair.gatewayUrl, rps: 50, calls: 250, body: (i) => distinct(1_000_000 + i) });
  assert.equal(ok, 250, summary);
}

/**
 * 200 calls a second, the connections cut for 2 s in their midst; how long after it the last call began that failed, ms.
 * They ask for the engine's catalogue: 200 analyses a second are more than two cores can do.
 */
async function wholeAfter(t: TestContext, { pair, proxy }: Cut, seconds: number): Promise<number> {
  await warmUp(pair);
  const beganAt = performance.now();
  const load = runLoad({ url: pair.gatewayUrl, path: '/api/estimators', rps: RPS, calls: RPS * seconds });
  await wait(BEFORE_MS);
  proxy.cut();
  await wait(CUT_MS);
  await proxy.restore();
  const backMs = performance.now() - beganAt;
  const { calls, summary } = await load;
  const failed = calls.filter(({ status }) => status !== 200);
  const afterMs = Math.max(0, ...failed.map(({ startedMs }) => startedMs - backMs));
  const goodput = perSecond(calls).map(({ ok }) => ok);
  const [breaker] = await breakersOf(pair.gatewayUrl);
  t.diagnostic(`${summary}; whole again ${(afterMs / 1000).toFixed(2)} s after the engine was back`);
  t.diagnostic(`answered of the calls of each second: ${goodput.join(' ')}`);
  t.diagnostic(`breaker: ${breaker?.transitions.map(({ from, to }) => `${from} → ${to}`).join(', ')}`);
  assert.ok(failed.length > 0 && failed.every(({ startedMs }) => startedMs >= BEFORE_MS - 1000), 'calls fail in the cut only');
  assert.equal(breaker?.state, 'closed');
  return afterMs;
}

describe('connections cut for 2 s', () => {
  it('under 20 callers: 20 of 20 succeed, and the breaker never opens', (t) =>
    withProxy({}, async (pair, proxy) => {
      await warmUp(pair);
      proxy.cut();
      const restored = wait(CUT_MS).then(() => proxy.restore());
      const answers = await Promise.all(Array.from({ length: 20 }, (_, i) => analyze(pair.gatewayUrl, distinct(i))));
      await restored;
      t.diagnostic(`answered after ${answers.map(({ ms }) => (ms / 1000).toFixed(1)).join(' ')} s`);
      assert.deepEqual(
        answers.map(({ status }) => status),
        Array(20).fill(200),
      );
      assert.deepEqual((await breakersOf(pair.gatewayUrl))[0]?.transitions, []);
    }));

  it('under 200 calls a second: whole again within 1.5 s, by readiness', (t) =>
    withProxy({}, async (pair, proxy) => {
      const afterMs = await wholeAfter(t, { pair, proxy }, 20);
      assert.ok(afterMs <= 1500, `${afterMs} ms`);
    }));

  it('the same without readiness: the rest of the break is waited (the comparison)', (t) =>
    withProxy({ BREAKER_READINESS_MS: '0' }, async (pair, proxy) => {
      const afterMs = await wholeAfter(t, { pair, proxy }, 45);
      assert.ok(afterMs > 15_000 && afterMs < 60_000, `${afterMs} ms`);
    }));
});
