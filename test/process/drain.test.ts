/** SIGTERM to real processes, with requests in flight on kept connections and new ones arriving. */
import assert from 'node:assert/strict';
import http from 'node:http';
import { describe, it, type TestContext } from 'node:test';
import { fastestOfFive } from '../support/busy.ts';
import { Pair } from '../support/pair.ts';
import { until } from '../support/process.ts';
import { analysisRequest } from '../support/requests.ts';

const IN_FLIGHT = 50;
const PROPAGATION_MS = 500;
/** What the exit may take once nothing is left to wait for. */
const EXIT_LIMIT_MS = 1000;
/** What each request takes. `npm run test:slow` asks for half a second; less is the same story sooner told. */
const WORK_MS = Number(process.env.DRAIN_WORK_MS ?? 40);

interface Outcome {
  readonly status?: number;
  readonly error?: string;
  readonly endedAt: number;
  readonly complete: boolean;
}

function post(port: number, body: unknown, agent: http.Agent): Promise<Outcome> {
  return new Promise((resolve) => {
    const text = JSON.stringify(body);
    const request = http.request({
      host: '127.0.0.1',
      port,
      method: 'POST',
      path: '/api/analyze/comprehensive',
      agent,
      headers: { 'content-type': 'application/json', 'content-length': Buffer.byteLength(text) },
    });
    const failed = (error: NodeJS.ErrnoException): void =>
      resolve({ error: error.code ?? error.message, endedAt: performance.now(), complete: false });
    request.on('error', failed);
    request.on('response', (reply) => {
      let bytes = 0;
      reply.on('data', (chunk: Buffer) => (bytes += chunk.length));
      reply.on('error', failed);
      reply.on('close', () =>
        resolve({
          status: reply.statusCode ?? 0,
          endedAt: performance.now(),
          complete: reply.complete && bytes === Number(reply.headers['content-length']),
        }),
      );
    });
    request.end(text);
  });
}

const slow = (seed: number, draws: number) => analysisRequest({ seed, bootstrap: draws, figures: false, estimators: ['aipw'] });

/** How many bootstrap draws take about `WORK_MS` on this machine, now. */
async function drawsForTheWork(port: number, agent: http.Agent): Promise<number> {
  await post(port, slow(1, 50), agent);
  const startedAt = performance.now();
  const { endedAt } = await post(port, slow(2, 50), agent);
  return Math.max(1, Math.round((50 * WORK_MS) / (endedAt - startedAt)));
}

/** @returns milliseconds from when the drain had nothing left to wait for to the exit */
async function drainUnderLoad(target: 'engine' | 'gateway'): Promise<number> {
  // The engine's queue must hold what is sent, and its drain last as long as two cores need for it.
  const pair = await Pair.start({
    engineEnv: { WORKER_QUEUE: '200', DRAIN_PROPAGATION_MS: String(PROPAGATION_MS), DRAIN_TIMEOUT_MS: '120000' },
    gatewayEnv: { RETRY_ATTEMPTS: '1', DRAIN_PROPAGATION_MS: String(PROPAGATION_MS), DRAIN_TIMEOUT_MS: '120000' },
  });
  const agent = new http.Agent({ keepAlive: true, maxSockets: 200 });
  try {
    const draws = await drawsForTheWork(pair.gatewayPort, agent);
    const distinct = (seed: number) => slow(seed, draws);
    const first = Array.from({ length: IN_FLIGHT }, (_, i) => post(pair.gatewayPort, distinct(100 + i), agent));
    const inFlight = async () =>
      ((await (await fetch(`${pair.engineUrl}/health`)).json()) as { inflight_requests: number }).inflight_requests >=
      IN_FLIGHT / 2;
    await until('the requests to be in flight', inFlight);
    const signalledAt = performance.now();
    pair[target].kill('SIGTERM');
    const late: Promise<Outcome>[] = [];
    for (let i = 0; i < 40; i++) {
      await new Promise((resolve) => setTimeout(resolve, 25));
      late.push(post(pair.gatewayPort, distinct(1000 + i), agent));
    }
    const [outcomes, lateOutcomes, exit] = await Promise.all([Promise.all(first), Promise.all(late), pair[target].exited]);
    const exitedAt = performance.now();

    for (const each of outcomes)
      assert.deepEqual(
        { status: each.status, complete: each.complete, error: each.error },
        { status: 200, complete: true, error: undefined },
      );
    for (const each of lateOutcomes) {
      // Through a living gateway a refusal of the engine is a 503; a gateway that has stopped listening refuses.
      if (each.status === undefined) assert.equal(each.error, 'ECONNREFUSED');
      else
        assert.ok((each.status === 200 || (target === 'engine' && each.status === 503)) && each.complete, JSON.stringify(each));
    }
    assert.ok(
      lateOutcomes.some(({ status }) => status === 200),
      'what arrived during the propagation delay was answered',
    );
    assert.deepEqual(exit, { code: 0, signal: null }, pair[target].output.slice(-2000));
    const lastAccepted = Math.max(
      ...[...outcomes, ...lateOutcomes].filter(({ status }) => status === 200).map(({ endedAt }) => endedAt),
    );
    const exitTook = exitedAt - Math.max(signalledAt + PROPAGATION_MS, lastAccepted);
    for (const line of [
      'Received signal SIGTERM, initiating shutdown',
      'Stopped accepting new requests',
      'Waiting for in-flight requests',
      'Shutting down gracefully',
    ]) {
      assert.ok(pair[target].output.includes(line), `the log says: ${line}`);
    }
    return exitTook;
  } finally {
    agent.destroy();
    await pair.stop();
  }
}

describe('SIGTERM with 50 requests in flight and new ones arriving', () => {
  for (const target of ['engine', 'gateway'] as const) {
    it(`to the ${target}: every accepted request is answered whole, exit code 0 in time`, async () => {
      const took = await fastestOfFive(EXIT_LIMIT_MS, () => drainUnderLoad(target));
      assert.ok(took < EXIT_LIMIT_MS, `the exit took ${Math.round(took)} ms`);
    });
  }
});

describe('a drained service', () => {
  /** A gateway whose engine is not there: its own readiness does not depend on it. */
  async function gatewayWith(t: TestContext, propagationMs: number): Promise<Pair> {
    const pair = await Pair.start({ withoutEngine: true, gatewayEnv: { DRAIN_PROPAGATION_MS: String(propagationMs) } });
    t.after(() => pair.stop());
    return pair;
  }

  it('exits at once on a second signal', async (t) => {
    const { gateway } = await gatewayWith(t, 60_000);
    gateway.kill('SIGTERM');
    await until('the first signal to be heard', () => gateway.output.includes('Received signal SIGTERM'));
    const signalledAt = performance.now();
    gateway.kill('SIGTERM');
    const { code } = await gateway.exited;
    assert.equal(code, 1);
    assert.ok(performance.now() - signalledAt < 1000);
  });

  it('is live, not ready, and says Connection: close during the propagation delay', async (t) => {
    const { gateway, gatewayUrl } = await gatewayWith(t, 1500);
    gateway.kill('SIGTERM');
    await until('the signal to be heard', () => gateway.output.includes('Received signal SIGTERM'));
    const ready = await fetch(`${gatewayUrl}/health/ready`);
    assert.equal(ready.status, 503);
    assert.equal(((await ready.json()) as { status: string }).status, 'draining');
    assert.equal(ready.headers.get('connection'), 'close');
    assert.equal((await fetch(`${gatewayUrl}/health/live`)).status, 200);
    assert.deepEqual(await gateway.exited, { code: 0, signal: null });
  });

  it('leaves at once with an idle kept connection, as one without', async (t) => {
    const { gateway, gatewayPort } = await gatewayWith(t, 0);
    const agent = new http.Agent({ keepAlive: true });
    try {
      await new Promise((resolve) =>
        http.get({ host: '127.0.0.1', port: gatewayPort, path: '/health/live', agent }, (reply) =>
          reply.resume().on('end', resolve),
        ),
      );
      const signalledAt = performance.now();
      gateway.kill('SIGTERM');
      assert.deepEqual(await gateway.exited, { code: 0, signal: null });
      assert.ok(performance.now() - signalledAt < 1000);
    } finally {
      agent.destroy();
    }
  });
});
