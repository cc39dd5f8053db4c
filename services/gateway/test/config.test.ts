import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { BREAKER_DEFAULTS, BUDGET_DEFAULTS, DEADLINE_DEFAULTS, RETRY_DEFAULTS, TIMEOUT_DEFAULTS } from '@penstock/resilience';
import { readConfig } from '../src/config.ts';
import { pipelineOptions } from '../src/engine/pipeline-options.ts';

describe('the gateway’s configuration', () => {
  it('has the defaults of the policies', () => {
    const { breaker, budget, deadline, retry, timeout } = pipelineOptions(readConfig({}));
    assert.deepEqual(breaker, { ...BREAKER_DEFAULTS });
    assert.deepEqual(budget, { ...BUDGET_DEFAULTS });
    assert.deepEqual(deadline, { ...DEADLINE_DEFAULTS });
    assert.deepEqual(retry, { ...RETRY_DEFAULTS });
    assert.deepEqual(timeout, { ...TIMEOUT_DEFAULTS });
  });

  it('finds the engine by ENGINE_PORT unless ENGINE_URL names it', () => {
    assert.equal(readConfig({}).ENGINE_URL.origin, 'http://127.0.0.1:8080');
    assert.equal(readConfig({ ENGINE_PORT: '9000' }).ENGINE_URL.origin, 'http://127.0.0.1:9000');
    assert.equal(readConfig({ ENGINE_PORT: '9000', ENGINE_URL: 'http://engine:1' }).ENGINE_URL.origin, 'http://engine:1');
  });

  for (const url of ['engine:8080', 'ftp://engine', 'http://engine/path', 'http://user@engine', 'not a url']) {
    it(`refuses ENGINE_URL=${url}`, () => {
      assert.throws(
        () => readConfig({ ENGINE_URL: url }),
        /^ConfigError: ENGINE_URL: received ".*", accepted: an http URL without path/,
      );
    });
  }
});
