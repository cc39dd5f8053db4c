import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { faultsOn } from '../support/faults.ts';
import { describeLoad, runLoad } from '../support/load.ts';
import { Pair } from '../support/pair.ts';
import { Series } from '../support/series.ts';

const READS = '/api/estimators';
const CALLS = 2400;
const RPS = 40;

/** 100 to 200 ms, 150 on average. */
const BASE = { name: 'base', kind: 'latency', percent: 100, route: READS, delay_ms: 100, jitter_ms: 100 } as const;
/** 50 times that for two of a hundred: the rest of it. */
const SLOW = { name: 'slow', kind: 'latency', percent: 2, route: READS, delay_ms: 49 * 150 } as const;

describe('2 % of the reads 50 times slower', () => {
  it('p99 falls to a fifth with hedges at p97, for at most 5 % more load', { timeout: 180_000 }, async (t) => {
    const hedging = await Pair.start({ engineEnv: faultsOn([BASE, SLOW]), gatewayEnv: { HEDGE_PERCENTILE: '0.97' } });
    const { engineUrl } = hedging;
    const plain = await Pair.start({ withoutEngine: true, engineUrl, gatewayEnv: { HEDGE_MODE: 'off' } });
    try {
      const reads = { path: READS, rps: RPS, calls: CALLS };
      const [hedged, unhedged] = await Promise.all([
        runLoad({ ...reads, url: hedging.gatewayUrl }),
        runLoad({ ...reads, url: plain.gatewayUrl }),
      ]);
      const engine = await Series.read(engineUrl);
      // Every read that reaches the engine meets the base latency.
      const arrived = engine.sum('faults_injected_total', { fault: 'base' });
      const more = (arrived - 2 * CALLS) / CALLS;
      t.diagnostic(`unhedged: ${describeLoad(unhedged)}, p99 ${unhedged.percentile(0.99).toFixed(0)} ms`);
      t.diagnostic(`hedged: ${describeLoad(hedged)}, p99 ${hedged.percentile(0.99).toFixed(0)} ms`);
      t.diagnostic(`${arrived} reads at the engine, ${engine.sum('faults_injected_total', { fault: 'slow' })} of them slow`);
      t.diagnostic(`${(100 * more).toFixed(1)} % more load by hedges`);
      assert.equal(hedged.ok, CALLS, hedged.summary);
      assert.equal(unhedged.ok, CALLS, unhedged.summary);
      assert.ok(hedged.percentile(0.99) * 5 <= unhedged.percentile(0.99), `${hedged.percentile(0.99)} ms`);
      assert.ok(more > 0 && more <= 0.05, `${more}`);
    } finally {
      await Promise.all([plain.stop(), hedging.stop()]);
    }
  });
});
