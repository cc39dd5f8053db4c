import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { ENGINE_ENVIRONMENT, loadEngineConfig, workersOf } from '../src/config.ts';

describe("the engine's configuration", () => {
  it('has a default for everything but the servers it can do without', () => {
    const config = loadEngineConfig({});
    assert.equal(config.ENGINE_PORT, 8080);
    assert.equal(config.DATA_DIR, './.data');
    assert.equal(config.POSTGRES_URL, undefined);
    assert.equal(config.REDIS_URL, undefined);
    assert.ok(workersOf(config) >= 2);
  });

  it('describes every variable', () => {
    for (const [name, variable] of Object.entries(ENGINE_ENVIRONMENT.properties)) {
      assert.ok(((variable as { description?: string }).description ?? '').length > 10, name);
    }
  });

  it('refuses bad and misspelt values, naming them', () => {
    assert.throws(() => loadEngineConfig({ WORKERS: '0' }), /WORKERS: received "0", accepted: an integer from 1 to 256/);
    assert.throws(() => loadEngineConfig({ WORKER_QUEU: '5' }), /WORKER_QUEU: unknown variable, nearest: WORKER_QUEUE/);
  });
});
