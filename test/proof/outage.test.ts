import assert from 'node:assert/strict';
import { once } from 'node:events';
import http from 'node:http';
import { describe, it, type TestContext } from 'node:test';
import { breakersOf, distinct } from '../chaos/support.ts';
import { BlackHole } from '../support/black-hole.ts';
import { quantile, runLoad } from '../support/load.ts';
import { Pair } from '../support/pair.ts';
import { portOf } from '../support/relay.ts';
import { Series } from '../support/series.ts';
import { attemptsOf, describeTimes, refusedBy } from './support.ts';

const RPS = 200;
const CALLS = RPS * 60;

type Env = Readonly<Record<string, string>>;

interface Place {
  /** Undefined: a port where nothing listens. */
  readonly url?: string;
  /** Attempts that arrived, where somebody is there to count them. */
  readonly arrived?: () => number;
  readonly stop: () => Promise<void>;
}

async function silentListener(): Promise<Place> {
  let requests = 0;
  const server = http.createServer(({ url }) => {
    if (url?.startsWith('/api/')) requests++;
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${portOf(server)}`,
    arrived: () => requests,
    stop: async () => {
      server.closeAllConnections();
      server.close();
    },
  };
}

async function blackHole(): Promise<Place> {
  const hole = await BlackHole.start();
  return { url: hole.url, stop: () => hole.stop() };
}

/** The load of a minute on a gateway whose engine is not there. */
async function outage(t: TestContext, place: Place, gatewayEnv: Env) {
  const pair = await Pair.start({
    withoutEngine: true,
    gatewayEnv,
    ...(place.url !== undefined && { engineUrl: place.url }),
  });
  try {
    const { calls, summary } = await runLoad({ url: pair.gatewayUrl, rps: RPS, calls: CALLS, body: distinct });
    const attempts = await attemptsOf(pair.gatewayUrl);
    const refusals = refusedBy(calls, 'circuit_open');
    const series = await Series.read(pair.gatewayUrl);
    const probes = series.sum('readiness_probes_total');
    t.diagnostic(`${summary}; ${attempts} attempts, ${(attempts / CALLS).toFixed(3)} per call; ${probes} readiness probes`);
    if (place.arrived !== undefined) {
      t.diagnostic(`${place.arrived()} attempts arrived`);
      assert.ok(place.arrived() <= attempts, `${place.arrived()} attempts arrived`);
    }
    if (refusals.length > 0) t.diagnostic(`refusals as their clients saw them: ${describeTimes(refusals)}`);
    return { attempts, refusals, calls, breakers: await breakersOf(pair.gatewayUrl) };
  } finally {
    await pair.stop();
    await place.stop();
  }
}

async function budgetAlone(t: TestContext, place: Place, env: Env = {}): Promise<void> {
  const { attempts, calls } = await outage(t, place, { BREAKER_MODE: 'off', ...env });
  assert.ok(calls.every(({ status }) => status >= 500));
  assert.ok(attempts <= 1.1 * CALLS, `${attempts} attempts`);
}

async function withBreaker(t: TestContext, place: Place, most: number, env: Env = {}): Promise<void> {
  const { attempts, calls, refusals } = await outage(t, place, env);
  assert.ok(calls.every(({ status }) => status === 503));
  assert.ok(attempts <= most, `${attempts} attempts`);
  assert.ok(refusals.length > 0.9 * CALLS, `${refusals.length} refusals`);
  const p99 = quantile(
    refusals.map(({ ms }) => ms),
    0.99,
  );
  assert.ok(p99 < 5, `p99 of the refusals: ${p99} ms`);
}

const nobody = async (): Promise<Place> => ({ stop: async () => undefined });
/** A listener that takes requests and never answers is noticed by the attempt's timeout. */
const SILENT = { ATTEMPT_TIMEOUT_MS: '1000' };

describe('a total outage at 200 calls a second for a minute', () => {
  it('refused, budget alone: at most 1.1 attempts per call', async (t) => budgetAlone(t, await nobody()));
  it('refused, breaker on: at most 150 attempts, refusals within 5 ms', async (t) => withBreaker(t, await nobody(), 150));
  it('black hole, budget alone: at most 1.1 attempts per call', async (t) => budgetAlone(t, await blackHole()));
  it('black hole, breaker on: at most 600 attempts, refusals within 5 ms', async (t) => withBreaker(t, await blackHole(), 600));
  it('never answered, budget alone: at most 1.1 attempts per call', async (t) => budgetAlone(t, await silentListener(), SILENT));
  it('never answered, breaker on: at most 600 attempts, refusals within 5 ms', async (t) =>
    withBreaker(t, await silentListener(), 600, SILENT));
});
