import assert from 'node:assert/strict';
import { describe, it, type TestContext } from 'node:test';
import { setTimeout as wait } from 'node:timers/promises';
import { Balancer } from '../support/balancer.ts';
import { Fleet } from '../support/fleet.ts';
import { type CallResult, describeLoad, type LoadResult, runLoad } from '../support/load.ts';
import { postgresAvailable, startPostgres } from '../support/postgres.ts';
import { redisAvailable, startRedis } from '../support/redis.ts';
import { analysisRequest } from '../support/requests.ts';
import { requireServer } from '../support/require-server.ts';

/** Two gateways, two engines, PostgreSQL, Redis, balancer and load share the cores: a smaller machine may ask for less. */
const RPS = Number(process.env.PROOF_RPS ?? 200);
const CALLS = RPS * 60;
/** The story of a load begins this long after it, ms. */
const CALM_MS = 5000;
/** Between two restarts, ms: the gateways ask a service that is back once a second, and then try it with single calls. */
const SETTLE_MS = 5000;
/** Calls of the processes' first seconds, which compile their code. */
const WARM_UP = 600;
/** Between the warm-up's numbers and the load's. */
const APART = 1_000_000;

/** The least that an analysis can be: one estimator, no covariates, no figures. Computed and stored like any other. */
const cheapest = (index: number): Record<string, unknown> => ({
  ...analysisRequest({ seed: 1 + index, figures: false, estimators: ['difference_in_means'] }),
  mapping: { y: 'y', treatment: 'w', unit_id: 'id', covariates: [] },
});

/**
 * As in the images. An idle connection that is ended while its client sends on it is reset, which nothing in HTTP/1.1
 * prevents: a balancer that does not look at readiness wants the time in which replies tell clients to leave.
 */
const TIME_TO_LEAVE = { DRAIN_PROPAGATION_MS: '5000' };
/** A starting process takes the cores from all others for a second or two: what that delays shall wait, not be refused. */
const ENGINE = { WORKER_QUEUE: '5000' };
const GATEWAY = { ...TIME_TO_LEAVE, BULKHEAD_QUEUE: '5000', BULKHEAD_WAIT_MS: '60000' };

interface Step {
  readonly name: string;
  readonly atMs: number;
}

type Story = (fleet: Fleet, during: (name: string, work: Promise<unknown>) => Promise<void>) => Promise<void>;

/** A minute of load through the balancer while the story happens; it must be over before the load is. */
async function minute(t: TestContext, story: Story): Promise<LoadResult> {
  await using postgres = asyncClosed(await startPostgres());
  await using redis = asyncClosed(await startRedis());
  const engineEnv = { ...ENGINE, POSTGRES_URL: postgres.value.url, REDIS_URL: redis.value.url };
  const fleet = await Fleet.start({ engines: 2, gateways: 2, engineEnv, gatewayEnv: GATEWAY });
  const balancer = await Balancer.start(fleet.gateways.map(({ port }) => port));
  try {
    const load = (calls: number, rps: number, first: number): Promise<LoadResult> =>
      runLoad({ url: balancer.url, rps, calls, body: (i) => cheapest(first + i), timeoutMs: 60_000 });
    await load(WARM_UP, Math.min(RPS, 50), APART);
    const steps: Step[] = [];
    const beganAt = performance.now();
    const loaded = load(CALLS, RPS, 0);
    await wait(CALM_MS);
    await story(fleet, async (name, work) => {
      steps.push({ name: `${name} began`, atMs: performance.now() - beganAt });
      await work;
      steps.push({ name: `${name} ended`, atMs: performance.now() - beganAt });
    });
    const storyMs = performance.now() - beganAt;
    const result = await loaded;
    tell(t, result, steps, balancer);
    assert.ok(storyMs < (CALLS / RPS) * 1000, `the story took ${storyMs} ms, longer than the load`);
    return result;
  } finally {
    balancer.destroy();
    await fleet.stop();
  }
}

function tell(t: TestContext, load: LoadResult, steps: readonly Step[], { refused }: Balancer): void {
  t.diagnostic(`${RPS} a second: ${describeLoad(load)}, p99 ${load.percentile(0.99).toFixed(0)} ms`);
  t.diagnostic(`the balancer went to the other gateway ${refused} times`);
  for (const { name, atMs } of steps) t.diagnostic(`${seconds(atMs)} ${name}`);
  for (const call of load.calls.filter(({ status }) => status !== 200)) t.diagnostic(describeFailure(call));
}

const describeFailure = ({ index, status, code, startedMs, ms }: CallResult): string =>
  `call ${index}: ${status} ${code ?? ''} begun at ${seconds(startedMs)}, ended after ${ms.toFixed(0)} ms`;

const seconds = (ms: number): string => `${(ms / 1000).toFixed(2)} s`;

const asyncClosed = <T extends { close(): Promise<void> }>(value: T) => ({
  value,
  [Symbol.asyncDispose]: () => value.close(),
});

describe(`two gateways and two engines on one PostgreSQL and one Redis, ${RPS} calls a second for 60 s`, () => {
  it('restarted one after the other: no call fails', async (t) => {
    if (!(await serversThere(t))) return;
    const { ok, summary } = await minute(t, async (fleet, during) => {
      for (const i of [0, 1]) {
        await during(`restart of engine ${i}`, fleet.restartEngine(i));
        await wait(SETTLE_MS);
        await during(`restart of gateway ${i}`, fleet.restartGateway(i));
      }
    });
    assert.equal(ok, CALLS, summary);
  });

  it('one engine ended by SIGKILL and started again: at most one call in a thousand fails', async (t) => {
    if (!(await serversThere(t))) return;
    const { okShare, summary } = await minute(t, async (fleet, during) => {
      await during('kill of engine 0', fleet.engines[0]?.running.end() ?? Promise.reject(new Error('there is no engine 0')));
      await wait(CALM_MS);
      await during('start of engine 0', fleet.startEngine(0));
    });
    assert.ok(okShare >= 0.999, summary);
  });
});

async function serversThere(t: TestContext): Promise<boolean> {
  return requireServer(t, 'PostgreSQL', await postgresAvailable()) && requireServer(t, 'Redis', await redisAvailable());
}
