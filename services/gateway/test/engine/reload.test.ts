import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, before, describe, it } from 'node:test';
import { ok, ScriptedEngine } from '../support/scripted-engine.ts';
import { TestGateway, until } from '../support/test-gateway.ts';

describe('a reload of what stands around each engine', () => {
  let folder: string;
  let file: string;
  let engine: ScriptedEngine;
  let gateway: TestGateway;
  const reload = async (text: string) => {
    await writeFile(file, text);
    return gateway.send('/admin/reload', { method: 'POST' });
  };
  const resilience = async () => (await gateway.send('/api/resilience')).body;

  before(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'penstock-reload-'));
    file = path.join(folder, 'gateway.env');
    await writeFile(file, '');
    engine = await ScriptedEngine.start();
    gateway = await TestGateway.start({ ENGINE_URL: engine.url, PENSTOCK_CONFIG: file });
  });
  after(async () => {
    await gateway.stop();
    await engine.stop();
    await rm(folder, { recursive: true });
  });

  it('THROTTLE_*: other bounds, and what was counted stays', async () => {
    for (let i = 0; i < 4; i++) await gateway.send('/api/datasets');
    const { body } = await reload('THROTTLE_MODE=shadow\nTHROTTLE_K=3\nTHROTTLE_MAX_PROBABILITY=0.5\nTHROTTLE_MIN_RPS=7\n');
    assert.deepEqual(body.changed.toSorted(), ['THROTTLE_K', 'THROTTLE_MAX_PROBABILITY', 'THROTTLE_MIN_RPS', 'THROTTLE_MODE']);
    assert.match(body.pipeline, /throttle\(shadow: K 3, ≤50 %, above 7\/s\)/);
    assert.deepEqual((await resilience()).throttles, [
      { name: 'engine', mode: 'shadow', requests: 4, accepts: 4, probability: 0 },
    ]);
  });

  it('CONCURRENCY_*: the limit is brought within its new bounds, and calls beyond it are shed', async () => {
    assert.equal((await resilience()).concurrency[0].limit, 320);
    const { body } = await reload('CONCURRENCY_MIN=1\nCONCURRENCY_MAX=2\nRETRY_MODE=off\n');
    assert.deepEqual(body.changed.filter((name: string) => name.startsWith('CONCURRENCY_')).toSorted(), [
      'CONCURRENCY_MAX',
      'CONCURRENCY_MIN',
    ]);
    assert.equal((await resilience()).concurrency[0].limit, 2);
    const { promise, resolve } = Promise.withResolvers<void>();
    engine.script = (received, response) => void promise.then(() => ok()(received, response));
    engine.requests.length = 0;
    const two = Promise.all([gateway.send('/api/datasets'), gateway.send('/api/datasets')]);
    await until('two at the engine', () => engine.requests.length === 2);
    const shed = await gateway.send('/api/datasets');
    assert.deepEqual([shed.status, shed.body.layer], [503, 'concurrency']);
    resolve();
    for (const { status } of await two) assert.equal(status, 200);
  });

  it('HEDGE_*: a read that is late by the new time is asked for again', async () => {
    engine.script = ok();
    engine.requests.length = 0;
    const { body } = await reload('HEDGE_DELAY_MS=10\n');
    assert.ok(body.changed.includes('HEDGE_DELAY_MS'));
    assert.match(body.pipeline, /hedge\(/);
    let requests = 0;
    engine.script = (received, response) => {
      if (++requests > 1) ok()(received, response);
    };
    assert.equal((await gateway.send('/api/datasets')).status, 200);
    assert.equal(requests, 2);
    assert.deepEqual((await reload('HEDGE_MODE=off\n')).body.changed.toSorted(), ['HEDGE_DELAY_MS', 'HEDGE_MODE']);
    requests = 0;
    engine.script = (received, response) => {
      requests++;
      setTimeout(() => ok()(received, response), 50);
    };
    assert.equal((await gateway.send('/api/datasets')).status, 200);
    assert.equal(requests, 1);
  });

  for (const [text, message] of [
    ['CONCURRENCY_MIN=9\nCONCURRENCY_MAX=4', 'CONCURRENCY_MIN: received "9", accepted: at most CONCURRENCY_MAX, which is 4'],
    [
      'CONCURRENCY_INITIAL=500',
      'CONCURRENCY_INITIAL: received "500", accepted: from CONCURRENCY_MIN to CONCURRENCY_MAX, 32 to 320',
    ],
    ['CONCURRENCY_BACKOFF_RATIO=1', 'CONCURRENCY_BACKOFF_RATIO: received "1"'],
    ['CONCURRENCY_ALGORITHM=vegas', 'CONCURRENCY_ALGORITHM: received "vegas"'],
    ['HEDGE_PERCENTILE=1', 'HEDGE_PERCENTILE: received "1"'],
    ['THROTTLE_K=0', 'THROTTLE_K: received "0"'],
  ] as const) {
    it(`with ${text.replace('\n', ', ')} says what is accepted and changes nothing`, async () => {
      const { pipeline } = await resilience();
      const refused = await reload(text);
      assert.equal(refused.status, 400);
      assert.ok(refused.body.detail.includes(message), refused.body.detail);
      assert.equal((await resilience()).pipeline, pipeline);
    });
  }
});
