import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { setTimeout as wait } from 'node:timers/promises';
import { runLoad } from '../support/load.ts';
import { Pair } from '../support/pair.ts';
import { breakersOf, distinct } from './support.ts';

/** The breaker asks for readiness each second and then wants two good probes; a busy machine gets three times that. */
const RECOVERY_MS = 4000;

describe('an engine killed by SIGKILL under load and started again', () => {
  it('fails only calls of the outage, each with a refusal that says when to come back, and then none', async (t) => {
    const pair = await Pair.start();
    try {
      const beganAt = performance.now();
      const load = runLoad({ url: pair.gatewayUrl, rps: 10, calls: 250, body: distinct, timeoutMs: 60_000 });
      await wait(3000);
      pair.engine.kill('SIGKILL');
      await pair.engine.exited;
      const killedMs = performance.now() - beganAt;
      await wait(2000);
      await pair.startEngine();
      const readyMs = performance.now() - beganAt;
      const { calls, summary } = await load;
      t.diagnostic(`${summary}; without an engine for ${((readyMs - killedMs) / 1000).toFixed(1)} s`);
      for (const { status, code, retryAfterS } of calls.filter((each) => each.status !== 200)) {
        assert.equal(status, 503, summary);
        assert.ok(code === 'engine_unavailable' || code === 'circuit_open', summary);
        assert.ok(retryAfterS !== undefined && retryAfterS >= 1, `${code} with Retry-After ${retryAfterS}`);
      }
      const later = calls.filter(({ startedMs }) => startedMs > readyMs + RECOVERY_MS);
      assert.ok(later.length >= 20, `${later.length} calls came after the recovery`);
      assert.ok(
        later.every(({ status }) => status === 200),
        summary,
      );
      assert.equal((await breakersOf(pair.gatewayUrl))[0]?.state, 'closed');
    } finally {
      await pair.stop();
    }
  });
});
