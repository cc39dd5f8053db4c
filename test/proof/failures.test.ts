import assert from 'node:assert/strict';
import { describe, it, type TestContext } from 'node:test';
import { faultsOn, flaky, latency, setFaults } from '../support/faults.ts';
import { describeLoad, type LoadResult, runLoad } from '../support/load.ts';
import { Pair } from '../support/pair.ts';
import { Series } from '../support/series.ts';
import { smallAnalyses } from './support.ts';

const CALLS = 6000;
const RPS = 100;

interface Run {
  readonly load: LoadResult;
  /** How often the breaker opened. */
  readonly trips: number;
}

/** A minute at 100 ms a call, of which this percentage of the attempts fails. */
async function minute(t: TestContext, percent: number, gatewayEnv: Readonly<Record<string, string>>): Promise<Run> {
  const base = latency('base', 100);
  const pair = await Pair.start({ engineEnv: faultsOn([base]), gatewayEnv });
  try {
    const body = await smallAnalyses(pair.gatewayUrl);
    await runLoad({ url: pair.gatewayUrl, rps: 50, calls: 250, body: (i) => body(CALLS + i) });
    await setFaults(pair.engineUrl, [base, ...(percent > 0 ? [flaky(percent)] : [])]);
    const load = await runLoad({ url: pair.gatewayUrl, rps: RPS, calls: CALLS, body, timeoutMs: 60_000 });
    const series = await Series.read(pair.gatewayUrl);
    const injected = (await Series.read(pair.engineUrl)).sum('faults_injected_total', { fault: 'flaky' });
    const trips = series.sum('circuit_breaker_transitions_total', { to_state: 'open' });
    t.diagnostic(`${percent} %: ${describeLoad(load)}; ${injected} failures injected, breaker opened ${trips} times`);
    if (percent > 0 && trips === 0) assert.ok(injected > (percent / 100) * CALLS, `${injected} failures were injected`);
    return { load, trips };
  } finally {
    await pair.stop();
  }
}

/** Waits of 0.1 and 0.2 s between attempts. */
const BASE = { RETRY_BASE_MS: '100' };

describe('30 % random failures, 6,000 calls at 100 a second', () => {
  it('with three attempts at least 96.5 % get 200, p95 grows by less than 1 s, the breaker stays closed', async (t) => {
    const calm = await minute(t, 0, BASE);
    const { load, trips } = await minute(t, 30, BASE);
    const growthMs = load.percentile(0.95) - calm.load.percentile(0.95);
    t.diagnostic(`p95 grows by ${growthMs.toFixed(0)} ms`);
    assert.ok(load.okShare >= 0.965, load.summary);
    assert.ok(growthMs < 1000, `${growthMs} ms`);
    assert.equal(trips, 0);
    assert.equal(calm.load.ok, CALLS, calm.load.summary);
  });

  it('with six attempts at least 99.8 % get 200, the breaker stays closed', async (t) => {
    const { load, trips } = await minute(t, 30, { ...BASE, RETRY_ATTEMPTS: '6' });
    assert.ok(load.okShare >= 0.998, load.summary);
    assert.equal(trips, 0);
  });

  it('a breaker that counts attempts opens, and refuses what would have succeeded (the comparison)', async (t) => {
    const counting = { ...BASE, BREAKER_THRESHOLD: '0', BREAKER_ATTEMPTS: '5' };
    const { load, trips } = await minute(t, 30, counting);
    assert.ok(trips >= 1);
    assert.ok(load.okShare < 0.965, load.summary);
    assert.equal(
      load.calls.some(({ code }) => code === 'circuit_open'),
      true,
    );
  });
});
