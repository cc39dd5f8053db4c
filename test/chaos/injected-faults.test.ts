import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { ANALYSES, faultsOn, flaky, latency, setFaults } from '../support/faults.ts';
import { describeLoad, runLoad } from '../support/load.ts';
import { Pair } from '../support/pair.ts';
import { send } from '../support/requests.ts';
import { Series } from '../support/series.ts';
import { breakersOf, distinct } from './support.ts';

const base = latency('base', 100);

describe('faults injected at the engine', () => {
  it('30 % failed attempts at 100 ms base: with six attempts at least 99.5 % of the clients get 200, the breaker stays closed', async (t) => {
    const pair = await Pair.start({ engineEnv: faultsOn([base]), gatewayEnv: { RETRY_ATTEMPTS: '6', RETRY_BASE_MS: '200' } });
    try {
      await setFaults(pair.engineUrl, [base, flaky(30)]);
      // Bounded: where the machine is too slow for the rate, the engine would have to turn calls down as well.
      const load = await runLoad({
        url: pair.gatewayUrl,
        rps: 40,
        calls: 1000,
        mostInFlight: 24,
        body: distinct,
        timeoutMs: 60_000,
      });
      t.diagnostic(describeLoad(load));
      // Expected 1 − 0.3⁶ = 99.93 %: six failures among 1,000 calls are met once in 100,000 runs.
      assert.ok(load.okShare >= 0.995, load.summary);
      assert.deepEqual((await breakersOf(pair.gatewayUrl))[0]?.transitions, []);
      const injected = (await Series.read(pair.engineUrl)).sum('faults_injected_total', { fault: 'flaky' });
      assert.ok(injected > 0.3 * 1000, `${injected} failures were injected`);
      assert.match(pair.engine.output, /\[Fault\] Injected status 503 by fault flaky/);
    } finally {
      await pair.stop();
    }
  });

  it('a slow engine: callers with a deadline get 504 in time, others their reply, and the engine drops what nobody waits for', async (t) => {
    const pair = await Pair.start({ engineEnv: faultsOn([base]) });
    try {
      await setFaults(pair.engineUrl, [latency('slow', 3000)]);
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
    const pair = await Pair.start({ engineEnv: faultsOn([base]), gatewayEnv: { RETRY_ATTEMPTS: '6', RETRY_BASE_MS: '50' } });
    try {
      await setFaults(pair.engineUrl, [{ name: 'cut', kind: 'abort', percent: 20, route: ANALYSES }]);
      const load = await runLoad({ url: pair.gatewayUrl, rps: 20, calls: 200, body: (i) => distinct(i) });
      t.diagnostic(describeLoad(load));
      // 0.2⁶: one call in 15,000 fails.
      assert.equal(load.ok, 200, load.summary);
    } finally {
      await pair.stop();
    }
  });
});
