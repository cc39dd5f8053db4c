import assert from 'node:assert/strict';
import { once } from 'node:events';
import http from 'node:http';
import { describe, it, type TestContext } from 'node:test';
import { distinct } from '../chaos/support.ts';
import { BlackHole } from '../support/black-hole.ts';
import { type CallResult, quantile, runLoad } from '../support/load.ts';
import { Pair } from '../support/pair.ts';
import { portOf } from '../support/relay.ts';
import { Series } from '../support/series.ts';
import { attemptsIn, describeTimes, refusedBy, startBareServer } from './support.ts';

const RPS = 200;
const CALLS = RPS * 60;

/** What a server that does nothing takes at most on a machine that has time for it, ms. */
const QUIET_MS = 2;

/** Nothing but the budget bounds the attempts: no other policy, and no connections that run out. */
const BUDGET_ALONE = {
  BREAKER_MODE: 'off',
  THROTTLE_MODE: 'off',
  CONCURRENCY_MODE: 'off',
  BULKHEAD_MODE: 'off',
  POOL_CONNECTIONS: '2000',
};

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

/** The load of a minute on a gateway whose engine is not there, and the same on a bare server beside it. */
async function outage(t: TestContext, place: Place, gatewayEnv: Env) {
  const pair = await Pair.start({
    withoutEngine: true,
    gatewayEnv,
    ...(place.url !== undefined && { engineUrl: place.url }),
  });
  const bare = await startBareServer();
  try {
    const asked = { rps: RPS, calls: CALLS, body: distinct, timeoutMs: 120_000 };
    const beside = runLoad({ ...asked, url: bare.url });
    const { calls, summary } = await runLoad({ ...asked, url: pair.gatewayUrl });
    const series = await Series.read(pair.gatewayUrl);
    const attempts = attemptsIn(series);
    const probes = series.sum('readiness_probes_total');
    t.diagnostic(`${summary}; ${attempts} attempts, ${(attempts / CALLS).toFixed(3)} per call; ${probes} readiness probes`);
    if (place.arrived !== undefined) {
      t.diagnostic(`${place.arrived()} attempts arrived`);
      assert.ok(place.arrived() <= attempts, `${place.arrived()} attempts arrived`);
    }
    return { attempts, calls, series, bare: (await beside).calls };
  } finally {
    await Promise.all([pair.stop(), bare.stop(), place.stop()]);
  }
}

async function budgetAlone(t: TestContext, place: Place, env: Env = {}): Promise<void> {
  const { attempts, calls } = await outage(t, place, { ...BUDGET_ALONE, ...env });
  assert.ok(calls.every(({ status }) => status >= 500));
  assert.ok(attempts >= CALLS && attempts <= 1.1 * CALLS, `${attempts} attempts`);
}

async function withBreaker(t: TestContext, place: Place, most: number, env: Env = {}): Promise<void> {
  const { attempts, calls, series, bare } = await outage(t, place, env);
  const refusals = refusedBy(calls, 'circuit_open');
  t.diagnostic(`refusals as their clients saw them: ${describeTimes(refusals)}`);
  t.diagnostic(`a bare server beside the gateway:   ${describeTimes(bare)}`);
  const share = (0.99 * refusals.length) / CALLS;
  const inside = series.atMost('http_server_request_duration_seconds', share, { status: '503' });
  t.diagnostic(`99 % of the refusals took at most ${1000 * inside} ms inside the gateway`);
  assert.ok(calls.every(({ status }) => status === 503));
  assert.ok(attempts <= most, `${attempts} attempts`);
  assert.ok(refusals.length > 0.9 * CALLS, `${refusals.length} refusals`);
  assertQuick(t, refusals, bare);
}

/** The bare server tells in which seconds the machine had time for its clients; the refusals of those are looked at. */
function assertQuick(t: TestContext, refusals: readonly CallResult[], bare: readonly CallResult[]): void {
  const secondOf = ({ startedMs }: CallResult): number => Math.floor(startedMs / 1000);
  const bySecond = Map.groupBy(bare, secondOf);
  const isQuiet = (call: CallResult): boolean => bySecond.get(secondOf(call))?.every(({ ms }) => ms < QUIET_MS) ?? false;
  const quiet = refusals.filter(isQuiet);
  if (quiet.length < RPS) {
    t.skip(`skipped: the p99 of the refusals, because this machine was busy beside nearly all of them`);
    return;
  }
  t.diagnostic(`of them, while the bare server took less than ${QUIET_MS} ms: ${describeTimes(quiet)}`);
  assert.ok(p99Of(quiet) < 5, `p99 of the refusals: ${p99Of(quiet)} ms`);
}

const p99Of = (calls: readonly CallResult[]): number =>
  quantile(
    calls.map(({ ms }) => ms),
    0.99,
  );

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
