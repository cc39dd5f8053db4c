import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { setTimeout as wait } from 'node:timers/promises';
import { Fleet } from '../support/fleet.ts';
import { runLoad } from '../support/load.ts';
import { distinct } from './support.ts';

/** Bounded: where the machine is too slow for the rate, the engines would have to turn calls down as well. */
const LOAD = { rps: 15, mostInFlight: 24, body: distinct, timeoutMs: 60_000 } as const;

describe('two engines behind one gateway', () => {
  it('restarted back to back under load: no call fails', async (t) => {
    const fleet = await Fleet.start({ engines: 2 });
    try {
      const load = runLoad({ ...LOAD, url: fleet.gatewayUrl, calls: 450 });
      await wait(2000);
      await fleet.restartEngine(0);
      await fleet.restartEngine(1);
      const { ok, summary, percentile } = await load;
      t.diagnostic(`${summary}; p50 ${percentile(0.5).toFixed(0)} ms, p99 ${percentile(0.99).toFixed(0)} ms`);
      assert.equal(ok, 450, summary);
    } finally {
      await fleet.stop();
    }
  });

  it('one of them killed under load: no call fails', async (t) => {
    const fleet = await Fleet.start({ engines: 2 });
    try {
      const load = runLoad({ ...LOAD, url: fleet.gatewayUrl, calls: 200 });
      await wait(3000);
      fleet.engines[0]?.running.kill('SIGKILL');
      const { ok, summary, percentile } = await load;
      t.diagnostic(`${summary}; p50 ${percentile(0.5).toFixed(0)} ms, p99 ${percentile(0.99).toFixed(0)} ms`);
      assert.equal(ok, 200, summary);
    } finally {
      await fleet.stop();
    }
  });
});
