import assert from 'node:assert/strict';
import { describe, it, type TestContext } from 'node:test';
import { Pair, type PairOptions } from '../support/pair.ts';
import { analysisRequest, analyze } from '../support/requests.ts';
import { type RetriedCall, runRetryingLoad } from '../support/retrying-load.ts';

const OVERLOAD = 3;
const OVERLOAD_S = 10;
const AFTERWARDS = 0.8;
const AFTERWARDS_S = 30;
const RECOVERY_S = 10;
/** By then the queue of an overload is as long as it gets. */
const SETTLED_MS = 3000;

/** Clients that make it worse: they hang up after a second and try again almost at once. */
const CLIENT = { tries: 5, timeoutMs: 1000, pauseMs: 50 } as const;

/** Some 80 ms of one core, many times what it costs to be turned away. Each try asks for something else, so that no earlier work helps it. */
const work = (index: number): Record<string, unknown> =>
  analysisRequest({ seed: 1 + index, figures: false, estimators: ['difference_in_means'], bootstrap: 250 });

const ONE_WORKER = { WORKERS: '1' };

/** Everything off that can be off. */
const UNPROTECTED: PairOptions = {
  engineEnv: { ...ONE_WORKER, WORKER_QUEUE: '1000', WORKER_QUEUE_ADAPTIVE: 'false' },
  gatewayEnv: {
    BREAKER_MODE: 'off',
    BULKHEAD_MODE: 'off',
    RETRY_BUDGET_MODE: 'off',
    THROTTLE_MODE: 'off',
    CONCURRENCY_MODE: 'off',
    HEDGE_MODE: 'off',
    ATTEMPT_TIMEOUT_MODE: 'off',
    TOTAL_TIMEOUT_MODE: 'off',
    COALESCE_MODE: 'off',
    STALE_MODE: 'off',
    OVERLOAD_DELAY_MS: '0',
    POOL_CONNECTIONS: '1000',
  },
};

describe('overload by clients that retry, three times what the engine can do for 10 s, then 0.8 times', () => {
  it('with the defaults 95 % of the calls are answered again 10 s later', { timeout: 150_000 }, async (t) => {
    const run = await overload(t, { engineEnv: ONE_WORKER });
    assert.ok(run.afterwards >= 0.95, run.summary);
  });

  it('the same for clients that say how long they wait', { timeout: 150_000 }, async (t) => {
    const run = await overload(t, { engineEnv: ONE_WORKER }, { 'request-timeout': String(CLIENT.timeoutMs / 1000) });
    assert.ok(run.afterwards >= 0.95, run.summary);
  });

  it('with the protections off most are still not answered 10 to 30 s later (the comparison)', {
    timeout: 150_000,
  }, async (t) => {
    const run = await overload(t, UNPROTECTED);
    assert.ok(run.afterwards < 0.5, run.summary);
  });
});

interface Run {
  /** Share of the calls answered that began 10 to 30 s after the overload. */
  readonly afterwards: number;
  /** With what the machine could do before and after: a machine that became busier meanwhile proves nothing. */
  readonly summary: string;
}

async function overload(t: TestContext, options: PairOptions, headers: Readonly<Record<string, string>> = {}): Promise<Run> {
  const pair = await Pair.start(options);
  try {
    const capacity = await capacityOf(pair.gatewayUrl);
    t.diagnostic(`capacity ${capacity.toFixed(1)} analyses per second`);
    const calls = await runRetryingLoad({
      ...CLIENT,
      headers,
      url: pair.gatewayUrl,
      phases: [
        { rps: OVERLOAD * capacity, seconds: OVERLOAD_S },
        { rps: AFTERWARDS * capacity, seconds: AFTERWARDS_S },
      ],
      body: work,
      seed: 7,
    });
    for (const line of perSecond(calls)) t.diagnostic(line);
    assertOverloaded(calls);
    const afterwards = shareAnswered(calls.filter(({ startedMs }) => startedMs >= (OVERLOAD_S + RECOVERY_S) * 1000));
    const summary =
      `${(100 * afterwards).toFixed(1)} % answered of what began 10 to 30 s after the overload, at ${(AFTERWARDS * capacity).toFixed(1)} a second; ` +
      `the engine could do ${capacity.toFixed(1)} before the run and ${(await capacityOf(pair.gatewayUrl)).toFixed(1)} after it`;
    t.diagnostic(summary);
    return { afterwards, summary };
  } finally {
    await pair.stop();
  }
}

// A machine that was busy with something else while the capacity was measured makes an overload of nothing.
function assertOverloaded(calls: readonly RetriedCall[]): void {
  const during = (atMs: number): boolean => atMs >= SETTLED_MS && atMs < OVERLOAD_S * 1000;
  const begun = calls.filter(({ startedMs }) => during(startedMs)).length;
  const answered = calls
    .flatMap(({ tries }) => tries)
    .filter(({ status, startedMs, ms }) => status === 200 && during(startedMs + ms));
  assert.ok(
    answered.length < 0.6 * begun,
    `no overload: ${answered.length} answers for ${begun} calls; the machine was busier before`,
  );
}

/** Seeds of analyses that no load asks for. */
let index = 1_000_000;

const CALLERS = 3;
const WARM_UP_MS = 2000;
const MEASURED_MS = 5000;

/** Analyses per second that a few callers get who wait for each answer. */
async function capacityOf(url: string): Promise<number> {
  let answered = 0;
  const beganAt = performance.now();
  const caller = async (): Promise<void> => {
    while (performance.now() - beganAt < WARM_UP_MS + MEASURED_MS) {
      assert.equal((await analyze(url, work(index++))).status, 200);
      const at = performance.now() - beganAt;
      if (at > WARM_UP_MS && at <= WARM_UP_MS + MEASURED_MS) answered++;
    }
  };
  await Promise.all(Array.from({ length: CALLERS }, caller));
  return (answered * 1000) / MEASURED_MS;
}

const shareAnswered = (calls: readonly RetriedCall[]): number => calls.filter(({ answered }) => answered).length / calls.length;

function perSecond(calls: readonly RetriedCall[]): string[] {
  const began = Map.groupBy(calls, ({ startedMs }) => Math.floor(startedMs / 1000));
  const ended = Map.groupBy(
    calls.flatMap(({ tries }) => tries),
    ({ startedMs, ms }) => Math.floor((startedMs + ms) / 1000),
  );
  return [...began.keys()].map((second) => {
    const begun = began.get(second) ?? [];
    const tries = Map.groupBy(ended.get(second) ?? [], ({ status, code }) => code ?? String(status));
    const ends = [...tries].map(([kind, each]) => `${kind} ${each.length}`).join(', ');
    const share = (100 * shareAnswered(begun)).toFixed(0);
    return `second ${second}: ${begun.length} calls began, ${share} % of them answered; tries ended: ${ends}`;
  });
}
