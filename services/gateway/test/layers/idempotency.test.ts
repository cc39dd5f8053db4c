import assert from 'node:assert/strict';
import { after, beforeEach, describe, it } from 'node:test';
import { ok, type Received, ScriptedEngine, silence, status } from '../support/scripted-engine.ts';
import { TestGateway, until } from '../support/test-gateway.ts';

describe('Idempotency-Key', async () => {
  const engine = await ScriptedEngine.start();
  const gateway = await TestGateway.start({ ENGINE_URL: engine.url, RETRY_ATTEMPTS: '1', BREAKER_MODE: 'off' });
  let keys = 0;
  let key: string;
  after(async () => {
    await gateway.stop();
    await engine.stop();
  });
  beforeEach(() => {
    key = `key-${++keys}`;
    engine.requests.length = 0;
    engine.script = ({ body }: Received, response) => ok({ got: JSON.parse(body) })({} as Received, response);
  });
  const ask = (seed: number) => gateway.analyze({ seed }, { 'idempotency-key': key });

  it('a success is replayed to the same request, and says so', async () => {
    const first = await ask(1);
    assert.equal(first.headers.get('idempotency-replayed'), null);
    const second = await ask(1);
    assert.equal(second.status, 200);
    assert.deepEqual(second.body, first.body);
    assert.equal(second.headers.get('idempotency-replayed'), 'true');
    assert.equal(second.headers.get('age'), '0');
    assert.equal(engine.requests.length, 1);
    assert.equal(engine.requests[0]?.headers['penstock-idempotency-key'], key);
    assert.equal(await gateway.metric('idempotency_requests_total{decision="replay"}'), 1);
  });

  it('the key with another body is refused with 422', async () => {
    await ask(1);
    const other = await ask(2);
    assert.equal(other.status, 422);
    assert.equal(other.body.code, 'idempotency_mismatch');
    assert.equal(other.body.layer, 'idempotency');
    assert.equal(engine.requests.length, 1);
  });

  it('while the first one is in flight, the second is refused with 409 and told when to ask again', async () => {
    engine.script = silence;
    const leaving = new AbortController();
    const first = gateway.analyze({ seed: 1 }, { 'idempotency-key': key }, { signal: leaving.signal });
    await until('the first request', () => engine.requests.length === 1);
    const second = await ask(1);
    assert.equal(second.status, 409);
    assert.equal(second.body.code, 'idempotency_conflict');
    assert.equal(second.headers.get('retry-after'), '1');
    leaving.abort();
    await assert.rejects(first);
    engine.script = ok();
    await until('the key to be free again', async () => (await ask(1)).status === 200);
  });

  it('a failure leaves the key free', async () => {
    engine.script = status(500);
    assert.equal((await ask(1)).status, 503);
    engine.script = ok();
    assert.equal((await ask(2)).status, 200);
  });

  it('a refusal by the engine leaves the key free', async () => {
    engine.script = (_received, response) =>
      void response.writeHead(422, { 'content-type': 'application/problem+json' }).end('{"code":"invalid_analysis"}');
    assert.equal((await ask(1)).status, 422);
    engine.script = ok();
    assert.equal((await ask(1)).status, 200);
  });

  it('a key that is too long is no key', async () => {
    const refused = await gateway.analyze({ seed: 1 }, { 'idempotency-key': 'x'.repeat(256) });
    assert.equal(refused.status, 400);
    assert.equal(refused.body.code, 'invalid_header');
  });

  it('without a key every request reaches the engine', async () => {
    await gateway.analyze({ seed: 1 });
    await gateway.analyze({ seed: 1 });
    assert.equal(engine.requests.length, 2);
  });
});
