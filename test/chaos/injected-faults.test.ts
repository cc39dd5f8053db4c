import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { type LoadResult, runLoad } from '../support/load.ts';
import { Pair } from '../support/pair.ts';
import { send } from '../support/requests.ts';
import { breakersOf, distinct } from './support.ts';

const ROUTE = '/api/analyze/comprehensive';
const BASE = { name: 'base', kind: 'latency', percent: 100, route: ROUTE, delay_ms: 100 };
const flaky = (percent: number) => ({ name: 'flaky', kind: 'error', percent, route: ROUTE, status: 503 });

const FAULTS_ON = { FAULTS_ENABLED: 'true', FAULTS: JSON.stringify([BASE]), FAULTS_SEED: '11', WORKER_QUEUE: '1000' };

async function setFaults(pair: Pair, faults: readonly unknown[]): Promise<void> {
  const reply = await fetch(`${pair.engineUrl}/admin/faults`, {
    method: 'PUT',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ faults }),
  });
  assert.equal(reply.status, 200, await reply.text());
}

const describeLoad = (load: LoadResult): string =>
  `${load.summary}; ${(100 * load.okShare).toFixed(2)} %, p50 ${load.percentile(0.5).toFixed(0)} ms, p95 ${load.percentile(0.95).toFixed(0)} ms`;

describe('faults injected at the engine', () => {
  it('30 % failed attempts at 100 ms base: at least 96.5 % of the clients get 200 with the defaults, the breaker stays closed', async (t) => {
    const pair = await Pair.start({ engineEnv: FAULTS_ON });
    try {
      // Expected 1 − 0.3³ = 97.3 %; at 2,500 calls the threshold is 2.5 standard deviations below.
      await runLoad({ url: pair.gatewayUrl, rps: 20, calls: 20, body: (i) => distinct(i) });
      await setFaults(pair, [BASE, flaky(30)]);
      const load = await runLoad({
        url: pair.gatewayUrl,
        rps: 40,
        calls: 2500,
        body: (i) => distinct(1000 + i),
        timeoutMs: 60_000,
      });
      t.diagnostic(describeLoad(load));
      assert.ok(load.okShare >= 0.965, load.summary);
      assert.deepEqual((await breakersOf(pair.gatewayUrl))[0]?.transitions, []);
      const metrics = (await send(`${pair.engineUrl}/metrics`)).text;
      const injected = Number(/faults_injected_total\{fault="flaky",[^}]*\} (\d+)/.exec(metrics)?.[1]);
      assert.ok(injected > 0.3 * 2500, `${injected} failures were injected`);
      assert.match(pair.engine.output, /\[Fault\] Injected status 503 by fault flaky/);
    } finally {
      await pair.stop();
    }
  });

  it('a slow engine: callers with a deadline get 504 in time, others their reply, and the engine drops what nobody waits for', async (t) => {
    const pair = await Pair.start({ engineEnv: FAULTS_ON });
    try {
      await setFaults(pair, [{ ...BASE, name: 'slow', delay_ms: 3000 }]);
      const hurried = runLoad({
        url: pair.gatewayUrl,
        rps: 10,
        calls: 20,
        body: (i) => distinct(i),
        headers: { prefer: 'wait=1' },
      });
      const patient = runLoad({ url: pair.gatewayUrl, rps: 10, calls: 20, body: (i) => distinct(100 + i) });
      const [early, late] = await Promise.all([hurried, patient]);
      t.diagnostic(`hurried ${early.summary}; patient ${describeLoad(late)}`);
      assert.ok(
        early.calls.every(({ status, ms }) => status === 504 && ms < 2500),
        early.summary,
      );
      assert.equal(late.ok, 20, late.summary);
      // A deadline that the client asked for says nothing about the engine.
      assert.equal((await breakersOf(pair.gatewayUrl))[0]?.state, 'closed');
      const { body } = await send<{ inflight_requests: number }>(`${pair.engineUrl}/health`);
      assert.equal(body.inflight_requests, 0);
    } finally {
      await pair.stop();
    }
  });

  it('aborted connections, one in five: the clients see nothing of it but time', async (t) => {
    const pair = await Pair.start({ engineEnv: FAULTS_ON, gatewayEnv: { RETRY_ATTEMPTS: '6', RETRY_BASE_MS: '50' } });
    try {
      await setFaults(pair, [{ name: 'cut', kind: 'abort', percent: 20, route: ROUTE }]);
      const load = await runLoad({ url: pair.gatewayUrl, rps: 20, calls: 200, body: (i) => distinct(i) });
      t.diagnostic(describeLoad(load));
      // 0.2⁶: one call in 15,000 fails.
      assert.equal(load.ok, 200, load.summary);
    } finally {
      await pair.stop();
    }
  });
});
