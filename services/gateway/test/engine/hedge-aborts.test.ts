import assert from 'node:assert/strict';
import { it } from 'node:test';
import { ok, ScriptedEngine } from '../support/scripted-engine.ts';
import { TestGateway, until } from '../support/test-gateway.ts';

it('a hedge that loses is hung up on as well', async () => {
  const engines = [await ScriptedEngine.start(), await ScriptedEngine.start()] as const;
  const gateway = await TestGateway.start({ ENGINE_URL: engines.map(({ url }) => url).join(','), HEDGE_DELAY_MS: '20' });
  try {
    let answerFirst: (() => void) | undefined;
    let hungUp = false;
    for (const engine of engines) {
      engine.script = (received, response) => {
        if (answerFirst === undefined) {
          answerFirst = () => ok()(received, response);
          return;
        }
        response.on('close', () => {
          hungUp = true;
        });
        answerFirst();
      };
    }
    assert.equal((await gateway.send('/api/datasets')).status, 200);
    await until('the hedge to be hung up on', () => hungUp);
    assert.deepEqual(
      engines.map((engine) => engine.requests.length),
      [1, 1],
    );
    assert.equal(await gateway.metric('hedged_calls_total{won="first"}'), 1);
    const { breakers } = (await gateway.send('/api/resilience')).body;
    assert.ok(breakers.every(({ consecutive_failures: failures }: Record<string, number>) => failures === 0));
  } finally {
    await gateway.stop();
    await Promise.all(engines.map((engine) => engine.stop()));
  }
});

it('the loser of a race of two engines is hung up on', async () => {
  const engines = [await ScriptedEngine.start(), await ScriptedEngine.start()] as const;
  const gateway = await TestGateway.start({ ENGINE_URL: engines.map(({ url }) => url).join(','), HEDGE_DELAY_MS: '20' });
  try {
    let requests = 0;
    let hungUp = false;
    for (const engine of engines) {
      engine.script = (received, response) => {
        if (++requests > 1) return ok()(received, response);
        response.on('close', () => {
          hungUp = true;
        });
      };
    }
    assert.equal((await gateway.send('/api/datasets')).status, 200);
    assert.equal(requests, 2);
    await until('the slow engine to be hung up on', () => hungUp);
    assert.deepEqual(
      engines.map((engine) => engine.requests.length),
      [1, 1],
    );
    const { hedges } = (await gateway.send('/api/resilience')).body;
    assert.deepEqual(hedges[0], { route: '/api/datasets', mode: 'enforce', delay_ms: 20, samples: 1 });
    assert.equal(await gateway.metric('hedged_calls_total{won="second"}'), 1);
  } finally {
    await gateway.stop();
    await Promise.all(engines.map((engine) => engine.stop()));
  }
});
