import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { ProblemError, toProblem } from '@penstock/contracts';
import { ok, type Script, ScriptedEngine, status } from './support/scripted-engine.ts';
import { TestGateway, until } from './support/test-gateway.ts';

type Story = (engine: ScriptedEngine, gateway: TestGateway) => Promise<void>;

async function watching(
  env: Readonly<Record<string, string>>,
  story: Story,
  others: readonly ScriptedEngine[] = [],
): Promise<void> {
  const engine = await ScriptedEngine.start();
  const urls = [engine, ...others].map(({ url }) => url);
  const gateway = await TestGateway.start({ ENGINE_URL: urls.join(','), ...env });
  try {
    await story(engine, gateway);
  } finally {
    await gateway.stop();
    await engine.stop();
  }
}

const decisions = async (gateway: TestGateway, policy: string, decision: string): Promise<number> =>
  (await gateway.metric(`shadow_decisions_total{policy="${policy}",decision="${decision}"}`)) ?? 0;

const overloaded: Script = (_received, response) => {
  response.writeHead(503, { 'content-type': 'application/problem+json' });
  response.end(JSON.stringify(toProblem(new ProblemError('overloaded', 'not now'))));
};

describe('in shadow mode, through the whole gateway,', () => {
  it('the concurrency limit tells whom it would have shed, and sheds nobody', () =>
    watching({ CONCURRENCY_MODE: 'shadow', CONCURRENCY_MIN: '1', CONCURRENCY_MAX: '1' }, async (engine, gateway) => {
      const { promise, resolve } = Promise.withResolvers<void>();
      engine.script = (received, response) => void promise.then(() => ok()(received, response));
      const calls = Promise.all(Array.from({ length: 3 }, () => gateway.send('/api/datasets')));
      await until('all at the engine', () => engine.requests.length === 3);
      assert.deepEqual((await gateway.send('/api/resilience')).body.concurrency, [
        { name: 'engine', mode: 'shadow', limit: 1, in_flight: 3 },
      ]);
      resolve();
      for (const call of await calls) assert.equal(call.status, 200);
      assert.equal(await decisions(gateway, 'concurrency', 'shed'), 2);
      assert.equal((await gateway.metric('shed_total{reason="concurrency",priority="interactive"}')) ?? 0, 0);
    }));

  it('the throttle tells whom it would have refused, and sends everything', () =>
    watching({ THROTTLE_MODE: 'shadow', THROTTLE_MIN_RPS: '0', RETRY_MODE: 'off' }, async (engine, gateway) => {
      engine.script = overloaded;
      for (let i = 0; i < 60; i++) assert.equal((await gateway.send('/api/datasets')).body.layer, 'engine');
      assert.equal(engine.requests.length, 60);
      // Four in five, once some have been turned down.
      assert.ok((await decisions(gateway, 'throttle', 'refuse')) > 0);
      const [throttle] = (await gateway.send('/api/resilience')).body.throttles;
      assert.deepEqual([throttle.mode, throttle.requests, throttle.accepts], ['shadow', 60, 0]);
    }));

  it('the hedge tells that it would have begun, and the engine is asked once', () =>
    watching({ HEDGE_MODE: 'shadow', HEDGE_DELAY_MS: '10' }, async (engine, gateway) => {
      engine.script = (received, response) => void setTimeout(() => ok()(received, response), 100);
      assert.equal((await gateway.send('/api/datasets')).status, 200);
      assert.equal(engine.requests.length, 1);
      assert.equal(await decisions(gateway, 'hedge', 'start'), 1);
      assert.equal((await gateway.metric('hedged_calls_total{won="second"}')) ?? 0, 0);
    }));

  it('the retry tells that it would have tried again, and the engine is asked once', () =>
    watching({ RETRY_MODE: 'shadow' }, async (engine, gateway) => {
      engine.script = status(500);
      assert.equal((await gateway.send('/api/datasets')).body.code, 'engine_unavailable');
      assert.equal(engine.requests.length, 1);
      assert.equal(await decisions(gateway, 'retry', 'retry'), 1);
    }));

  it('the retry over several engines asks one of them', async () => {
    const other = await ScriptedEngine.start(status(500));
    try {
      const story: Story = async (engine, gateway) => {
        engine.script = status(500);
        assert.equal((await gateway.send('/api/datasets')).body.code, 'engine_unavailable');
        assert.equal(engine.requests.length + other.requests.length, 1);
        assert.equal(await decisions(gateway, 'retry', 'retry'), 1);
      };
      await watching({ RETRY_MODE: 'shadow' }, story, [other]);
    } finally {
      await other.stop();
    }
  });
});
