import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { ok, ScriptedEngine, silence } from '../support/scripted-engine.ts';
import { TestGateway, until } from '../support/test-gateway.ts';

const POOL = '{client_name="engine",pool_type="http"}';

async function inPlace(
  env: Readonly<Record<string, string>>,
  run: (engine: ScriptedEngine, gateway: TestGateway, counts: () => Promise<(number | undefined)[]>) => Promise<void>,
): Promise<void> {
  const engine = await ScriptedEngine.start();
  const gateway = await TestGateway.start({ ENGINE_URL: engine.url, HEDGE_MODE: 'off', ...env });
  const counts = () => Promise.all(['requests', 'unsent'].map((name) => gateway.metric(`connection_pool_${name}_total${POOL}`)));
  try {
    await run(engine, gateway, counts);
  } finally {
    await gateway.stop();
    await engine.stop();
  }
}

describe('connection_pool_unsent_total', () => {
  it('is 0 from the start, and stays so for what was sent, answered or not', () =>
    inPlace({}, async (engine, gateway, counts) => {
      assert.deepEqual((await counts())[1], 0);
      engine.script = ok();
      assert.equal((await gateway.send('/api/datasets')).status, 200);
      engine.script = silence;
      const leaving = new AbortController();
      const call = gateway.send('/api/datasets', { signal: leaving.signal }).catch(() => undefined);
      await until('the engine to have it', () => engine.requests.length === 2);
      leaving.abort();
      await call;
      await until('the gateway to be done with it', async () => (await gateway.metric('inflight_requests')) === 0);
      assert.deepEqual(await counts(), [2, 0]);
    }));

  it('counts attempts for which no connection came about', () =>
    inPlace({ RETRY_ATTEMPTS: '3' }, async (engine, gateway, counts) => {
      await engine.stop();
      assert.equal((await gateway.send('/api/datasets')).status, 503);
      assert.deepEqual(await counts(), [3, 3]);
      await engine.startAgain();
    }));

  it('counts what its client left while it waited for a connection', () =>
    inPlace({ POOL_CONNECTIONS: '1' }, async (engine, gateway, counts) => {
      engine.script = silence;
      const leaving = [new AbortController(), new AbortController()];
      const calls = leaving.map(({ signal }) => gateway.send('/api/datasets', { signal }).catch(() => undefined));
      await until('both are in the pool', async () => (await counts())[0] === 2);
      for (const each of leaving.toReversed()) each.abort();
      await Promise.all(calls);
      await until('one of them was never sent', async () => (await counts())[1] === 1);
    }));
});
