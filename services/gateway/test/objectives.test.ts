import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { ok, ScriptedEngine, silence, status } from './support/scripted-engine.ts';
import { TestGateway, until } from './support/test-gateway.ts';

interface Place {
  readonly engine: ScriptedEngine;
  readonly gateway: TestGateway;
  readonly count: (slo: string, result: string) => Promise<number | undefined>;
}

async function inPlace(env: Readonly<Record<string, string>>, run: (place: Place) => Promise<void>): Promise<void> {
  const engine = await ScriptedEngine.start();
  const gateway = await TestGateway.start({ ENGINE_URL: engine.url, ...env });
  const count = (slo: string, result: string) => gateway.metric(`slo_compliance_total{slo="${slo}",result="${result}"}`);
  try {
    await run({ engine, gateway, count });
  } finally {
    await gateway.stop();
    await engine.stop();
  }
}

/** Counted when the connection hears of the end of the reply, which the client may have had before. */
const counted = (place: Place, slo: string, { met, missed }: { met: number; missed: number }): Promise<void> =>
  until(`${met} met and ${missed} missed of ${slo}`, async () => {
    return (await place.count(slo, 'met')) === met && (await place.count(slo, 'missed')) === missed;
  });

describe('slo_compliance_total', () => {
  it('has all of its samples before the first request', () =>
    inPlace({}, async ({ count }) => {
      for (const slo of ['availability', 'latency'])
        for (const result of ['met', 'missed']) assert.equal(await count(slo, result), 0, `${slo} ${result}`);
    }));

  it('counts each request once for each objective, however many attempts it took', () =>
    inPlace({}, async (place) => {
      let attempts = 0;
      place.engine.script = (received, response) => (++attempts < 3 ? status(503) : ok())(received, response);
      assert.equal((await place.gateway.analyze({ seed: 1 })).status, 200);
      assert.equal(attempts, 3);
      await counted(place, 'availability', { met: 1, missed: 0 });
      await counted(place, 'latency', { met: 1, missed: 0 });
    }));

  it('misses availability by failures and by refusals without a call, and not by what the client did wrong', () =>
    inPlace({ BREAKER_THRESHOLD: '1', RETRY_ATTEMPTS: '1' }, async (place) => {
      const wrong = { method: 'POST', headers: { 'content-type': 'text/plain' }, body: 'y' };
      assert.equal((await place.gateway.send('/api/roles/infer', wrong)).status, 415);
      place.engine.script = status(500);
      for (const seed of [1, 2]) assert.equal((await place.gateway.analyze({ seed })).status, 503);
      assert.equal(place.engine.requests.length, 1, 'the second was refused');
      await counted(place, 'availability', { met: 1, missed: 2 });
      await counted(place, 'latency', { met: 3, missed: 0 });
    }));

  it('counts a request whose client went away as available', () =>
    inPlace({}, async (place) => {
      place.engine.script = silence;
      const client = new AbortController();
      const left = place.gateway.analyze({ seed: 1 }, {}, { signal: client.signal }).catch((error: Error) => error.name);
      await until('the request at the engine', () => place.engine.requests.length === 1);
      client.abort();
      assert.equal(await left, 'AbortError');
      await counted(place, 'availability', { met: 1, missed: 0 });
    }));

  it('counts neither health, metrics nor routes that do not exist', () =>
    inPlace({}, async (place) => {
      for (const path of ['/health', '/metrics', '/api/metrics', '/api/resilience', '/api/none']) await place.gateway.send(path);
      await place.gateway.send('/api/datasets');
      await counted(place, 'availability', { met: 1, missed: 0 });
    }));
});
