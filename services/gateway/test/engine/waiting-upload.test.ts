import assert from 'node:assert/strict';
import { request } from 'node:http';
import { it } from 'node:test';
import { ScriptedEngine, silence } from '../support/scripted-engine.ts';
import { TestGateway, until } from '../support/test-gateway.ts';

// No attempt reads an upload that waits at the bulkhead: what becomes of it then must not end the gateway.

async function whileAnotherIsCarried(
  env: Readonly<Record<string, string>>,
  run: (gateway: TestGateway, engine: ScriptedEngine, leave: () => void) => Promise<void>,
): Promise<void> {
  const engine = await ScriptedEngine.start(silence);
  const gateway = await TestGateway.start({ ENGINE_URL: engine.url, BULKHEAD_MAX: '1', HEDGE_MODE: 'off', ...env });
  const leaving = new AbortController();
  const carried = gateway.send('/api/datasets', { signal: leaving.signal }).catch(() => undefined);
  try {
    await until('the engine to have the first', () => engine.requests.length === 1);
    await run(gateway, engine, () => leaving.abort());
  } finally {
    leaving.abort();
    await carried;
    await gateway.stop();
    await engine.stop();
  }
}

/** An upload of which only the beginning arrives. */
const uploadTo = (gateway: TestGateway) => {
  const headers = { 'content-type': 'text/csv', 'content-length': '1000' };
  const upload = request(`${gateway.url}/api/datasets`, { method: 'POST', headers });
  upload.write('a,b\n');
  return upload;
};

const underWay = (gateway: TestGateway, count: number): Promise<void> =>
  until(`${count} requests are under way`, async () => (await gateway.metric('inflight_requests')) === count);

it('a client may hang up while its upload waits', () =>
  whileAnotherIsCarried({}, async (gateway) => {
    const upload = uploadTo(gateway);
    upload.on('error', () => undefined);
    await underWay(gateway, 2);
    upload.destroy();
    await underWay(gateway, 1);
    assert.equal((await gateway.send('/health/live')).status, 200);
  }));

it('a sender that falls silent while its upload waits gets 408 as soon as its turn comes', () =>
  whileAnotherIsCarried({ UPLOAD_IDLE_MS: '50' }, async (gateway, engine, leave) => {
    const upload = uploadTo(gateway);
    const answered = new Promise<number | undefined>((resolve, reject) => {
      upload.on('response', (response) => resolve(response.resume().statusCode)).on('error', reject);
    });
    await underWay(gateway, 2);
    await new Promise((resolve) => setTimeout(resolve, 100));
    leave();
    assert.equal(await answered, 408);
    assert.equal(engine.requests.length, 1);
  }));
