import assert from 'node:assert/strict';
import { it } from 'node:test';
import { setTimeout as wait } from 'node:timers/promises';
import { ScriptedEngine } from '../support/scripted-engine.ts';
import { TestGateway } from '../support/test-gateway.ts';

it('two engines, both gone for 2 s: 20 of 20 callers are answered, with three attempts for each, and no breaker opens', async () => {
  const engines = [await ScriptedEngine.start(), await ScriptedEngine.start()];
  const gateway = await TestGateway.start({
    ENGINE_URL: engines.map(({ url }) => url).join(','),
    RETRY_BASE_MS: '1000',
  });
  try {
    for (const engine of engines) await engine.stop();
    const calls = Promise.all(Array.from({ length: 20 }, () => gateway.send('/api/datasets')));
    await wait(2000);
    for (const engine of engines) await engine.startAgain();
    assert.deepEqual(
      (await calls).map(({ status }) => status),
      Array.from({ length: 20 }, () => 200),
    );
    const sent = ['engine-1', 'engine-2'].map((name) => `connection_pool_requests_total{client_name="${name}",pool_type="http"}`);
    const attempts = await Promise.all(sent.map((series) => gateway.metric(series)));
    assert.equal(
      attempts.reduce<number>((sum, each) => sum + (each ?? 0), 0),
      60,
    );
    const { breakers } = (await gateway.send('/api/resilience')).body;
    assert.deepEqual(
      breakers.map(({ transitions }: { transitions: unknown[] }) => transitions),
      [[], []],
    );
  } finally {
    await gateway.stop();
    await Promise.all(engines.map((engine) => engine.stop()));
  }
});
