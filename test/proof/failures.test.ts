import assert from 'node:assert/strict';
import { before, describe, it, type TestContext } from 'node:test';
import { faultsOn, setFaults } from '../support/faults.ts';
import { describeLoad, type LoadResult, runLoad } from '../support/load.ts';
import { Pair } from '../support/pair.ts';
import { Series } from '../support/series.ts';
import { smallAnalyses } from './support.ts';

const CALLS = 6000;
const RPS = 100;

/** Both hit every route but health, metrics and admin. */
const BASE = { name: 'base', kind: 'latency', percent: 100, delay_ms: 100 };
const FLAKY = { name: 'flaky', kind: 'error', percent: 30, status: 503 };

type Env = Readonly<Record<string, string>>;

/** Waits of 0.1 and 0.2 s between attempts. */
const WAITS: Env = { RETRY_BASE_MS: '100' };

async function withPair<T>(gatewayEnv: Env, story: (pair: Pair) => Promise<T>): Promise<T> {
  const pair = await Pair.start({ engineEnv: faultsOn([]), gatewayEnv: { ...WAITS, ...gatewayEnv } });
  try {
    return await story(pair);
  } finally {
    await pair.stop();
  }
}

/** Whether this machine can do that many analyses in a second beside everything else that it does, and what was seen. */
const tryAnalyses = () =>
  withPair({}, async (pair) => {
    const body = await smallAnalyses(pair.gatewayUrl);
    await runLoad({ url: pair.gatewayUrl, rps: RPS / 2, calls: 250, body });
    const load = await runLoad({ url: pair.gatewayUrl, rps: RPS, calls: 1000, body: (i) => body(250 + i) });
    return { fit: load.okShare === 1 && load.percentile(0.95) < 250, seen: describeLoad(load) };
  });

interface Minute {
  readonly load: LoadResult;
  /** How often the breaker opened. */
  readonly trips: number;
}

/** A minute of calls of 100 ms each; `failing`: 30 % of the attempts are answered 503. */
const minute = (t: TestContext, analyses: boolean, failing: boolean, gatewayEnv: Env = {}): Promise<Minute> =>
  withPair(gatewayEnv, async (pair) => {
    const asked = analyses ? { body: await smallAnalyses(pair.gatewayUrl) } : { path: '/api/estimators' };
    await setFaults(pair.engineUrl, failing ? [BASE, FLAKY] : [BASE]);
    const load = await runLoad({ url: pair.gatewayUrl, rps: RPS, calls: CALLS, timeoutMs: 60_000, ...asked });
    const injected = (await Series.read(pair.engineUrl)).sum('faults_injected_total', { fault: 'flaky' });
    const trips = (await Series.read(pair.gatewayUrl)).sum('circuit_breaker_transitions_total', { to_state: 'open' });
    t.diagnostic(`${describeLoad(load)}; ${injected} failures injected, breaker opened ${trips} times`);
    assert.equal(injected > 0, failing, `${injected} failures injected`);
    return { load, trips };
  });

describe('30 % random failures, 6,000 calls at 100 a second', () => {
  /** Where analyses are too many, the load asks for the engine's catalogue, which takes the same way through the gateway. */
  let analyses: Awaited<ReturnType<typeof tryAnalyses>>;
  before(async () => {
    analyses = await tryAnalyses();
  });

  it('with three attempts at least 96.5 % get 200, p95 grows by less than 1 s, the breaker stays closed', async (t) => {
    t.diagnostic(
      `analyses at ${RPS} a second: ${analyses.seen}; the load asks for ${analyses.fit ? 'analyses' : 'the catalogue'}`,
    );
    const calm = await minute(t, analyses.fit, false);
    const { load, trips } = await minute(t, analyses.fit, true);
    const growthMs = load.percentile(0.95) - calm.load.percentile(0.95);
    t.diagnostic(`p95 grows by ${growthMs.toFixed(0)} ms`);
    assert.equal(calm.load.ok, CALLS, calm.load.summary);
    assert.ok(load.okShare >= 0.965, load.summary);
    assert.ok(growthMs < 1000, `${growthMs} ms`);
    assert.equal(trips, 0);
  });

  it('with six attempts at least 99.8 % get 200, the breaker stays closed', async (t) => {
    const { load, trips } = await minute(t, analyses.fit, true, { RETRY_ATTEMPTS: '6' });
    assert.ok(load.okShare >= 0.998, load.summary);
    assert.equal(trips, 0);
  });

  it('a breaker that counts attempts opens, and refuses what would have succeeded (the comparison)', async (t) => {
    const counting = { BREAKER_THRESHOLD: '0', BREAKER_ATTEMPTS: '5' };
    const { load, trips } = await minute(t, analyses.fit, true, counting);
    assert.ok(trips >= 1, `${trips} trips`);
    assert.ok(load.okShare < 0.965, load.summary);
    assert.ok(load.calls.some(({ code }) => code === 'circuit_open'));
  });
});
