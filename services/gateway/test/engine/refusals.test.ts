import assert from 'node:assert/strict';
import { after, beforeEach, describe, it } from 'node:test';
import { ERROR_TABLE, type ErrorCode, ProblemError, toProblem } from '@penstock/contracts';
import { type Script, ScriptedEngine } from '../support/scripted-engine.ts';
import { TestGateway } from '../support/test-gateway.ts';

const refusing =
  (code: ErrorCode): Script =>
  (_received, response) => {
    response.writeHead(ERROR_TABLE[code].status, { 'content-type': 'application/problem+json', 'retry-after': '1' });
    response.end(JSON.stringify(toProblem(new ProblemError(code, 'not now'))));
  };

describe('Breaker -> an engine that refuses', async () => {
  const engine = await ScriptedEngine.start();
  const gateway = await TestGateway.start({ ENGINE_URL: engine.url, RETRY_ATTEMPTS: '1', THROTTLE_MODE: 'off' });
  const state = async () => (await gateway.send('/api/resilience')).body.breakers[0].state;
  beforeEach(async () => assert.equal(await state(), 'closed'));
  after(async () => {
    await gateway.stop();
    await engine.stop();
  });

  it('stays closed however often the engine has too much to do: it would end the work that the engine can do', async () => {
    engine.script = refusing('overloaded');
    for (let i = 0; i < 20; i++) assert.equal((await gateway.send('/api/datasets')).body.code, 'overloaded');
    assert.equal(await state(), 'closed');
  });

  it('stays closed however often the engine gives up at a deadline that clients have shortened', async () => {
    engine.script = refusing('deadline_exceeded');
    const hurried = { headers: { 'request-timeout': '1' } };
    for (let i = 0; i < 20; i++) assert.equal((await gateway.send('/api/datasets', hurried)).body.code, 'deadline_exceeded');
    assert.equal(await state(), 'closed');
  });

  it('opens where the engine refuses because something of it is broken', async () => {
    engine.script = refusing('storage_unavailable');
    for (let i = 0; i < 5; i++) assert.equal((await gateway.send('/api/datasets')).body.code, 'storage_unavailable');
    assert.equal(await state(), 'open');
  });
});
