import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { BREAKER_DEFAULTS, BUDGET_DEFAULTS, DEADLINE_DEFAULTS, RETRY_DEFAULTS, TIMEOUT_DEFAULTS } from '@penstock/resilience';
import { readConfig } from '../src/config.ts';
import { budgetOptions, pipelineOptions } from '../src/engine/pipeline-options.ts';

describe('the gateway’s configuration', () => {
  it('has the defaults of the policies', () => {
    const { breaker, deadline, retry, timeout } = pipelineOptions(readConfig({}));
    assert.deepEqual(breaker, { ...BREAKER_DEFAULTS });
    assert.deepEqual(budgetOptions(readConfig({})), { ...BUDGET_DEFAULTS });
    assert.deepEqual(deadline, { ...DEADLINE_DEFAULTS });
    assert.deepEqual(retry, { ...RETRY_DEFAULTS });
    assert.deepEqual(timeout, { ...TIMEOUT_DEFAULTS });
  });

  it('finds the engine by ENGINE_PORT unless ENGINE_URL names it', () => {
    assert.equal(readConfig({}).ENGINE_URL[0]?.origin, 'http://127.0.0.1:8080');
    assert.equal(readConfig({ ENGINE_PORT: '9000' }).ENGINE_URL[0]?.origin, 'http://127.0.0.1:9000');
    assert.equal(readConfig({ ENGINE_PORT: '9000', ENGINE_URL: 'http://engine:1' }).ENGINE_URL[0]?.origin, 'http://engine:1');
  });

  it('takes several engines', () => {
    const config = readConfig({ ENGINE_URL: 'http://one:1, http://two:2' });
    assert.deepEqual(
      config.ENGINE_URL.map(({ origin }) => origin),
      ['http://one:1', 'http://two:2'],
    );
  });

  it('refuses an engine that is listed twice', () => {
    assert.throws(
      () => readConfig({ ENGINE_URL: 'http://one:1,http://one:1/' }),
      /^ConfigError: ENGINE_URL: received http:\/\/one:1 twice/,
    );
  });

  for (const url of ['http://one:1,', 'engine:8080', 'ftp://engine', 'http://engine/path', 'http://user@engine', 'not a url']) {
    it(`refuses ENGINE_URL=${url}`, () => {
      assert.throws(
        () => readConfig({ ENGINE_URL: url }),
        /^ConfigError: ENGINE_URL: received ".*", accepted: an http URL without path/,
      );
    });
  }

  for (const [env, message] of [
    [{ CONCURRENCY_MIN: '0' }, 'CONCURRENCY_MIN: received "0"'],
    [
      { CONCURRENCY_MIN: '33', CONCURRENCY_MAX: '32' },
      'CONCURRENCY_MIN: received "33", accepted: at most CONCURRENCY_MAX, which is 32',
    ],
    [
      { CONCURRENCY_INITIAL: '31' },
      'CONCURRENCY_INITIAL: received "31", accepted: from CONCURRENCY_MIN to CONCURRENCY_MAX, 32 to 320',
    ],
    [
      { CONCURRENCY_INITIAL: '321' },
      'CONCURRENCY_INITIAL: received "321", accepted: from CONCURRENCY_MIN to CONCURRENCY_MAX, 32 to 320',
    ],
    [{ CONCURRENCY_BATCH_SHARE: '1.1' }, 'CONCURRENCY_BATCH_SHARE: received "1.1"'],
    [{ CONCURRENCY_ALGORITHM: 'vegas' }, 'CONCURRENCY_ALGORITHM: received "vegas"'],
  ] as const) {
    it(`refuses ${Object.entries(env)
      .map((each) => each.join('='))
      .join(', ')}`, () => {
      assert.throws(
        () => readConfig(env),
        (error: Error) => error.message.includes(message),
      );
    });
  }

  it('takes limits that meet', () => {
    const { CONCURRENCY_MIN, CONCURRENCY_INITIAL } = readConfig({
      CONCURRENCY_MIN: '7',
      CONCURRENCY_INITIAL: '7',
      CONCURRENCY_MAX: '7',
    });
    assert.deepEqual([CONCURRENCY_MIN, CONCURRENCY_INITIAL], [7, 7]);
  });

  it('takes the address of Jaeger’s pages, with a path', () => {
    assert.equal(readConfig({}).JAEGER_UI_URL, undefined);
    assert.equal(readConfig({ JAEGER_UI_URL: '' }).JAEGER_UI_URL, undefined);
    assert.equal(
      readConfig({ JAEGER_UI_URL: 'https://traces.example/jaeger' }).JAEGER_UI_URL?.href,
      'https://traces.example/jaeger',
    );
  });

  for (const url of ['localhost:16686', 'javascript:alert(1)', 'http://a/?q=1', 'http://a/#b']) {
    it(`refuses JAEGER_UI_URL=${url}`, () => {
      assert.throws(
        () => readConfig({ JAEGER_UI_URL: url }),
        (error: Error) => error.message.startsWith(`JAEGER_UI_URL: received "${url}", accepted: an http or https URL`),
      );
    });
  }

  it('refuses a JAEGER_UI_URL with a password without repeating it', () => {
    assert.throws(
      () => readConfig({ JAEGER_UI_URL: 'http://me:secret@jaeger' }),
      (error: Error) =>
        /^JAEGER_UI_URL: received a URL with a user, accepted/.test(error.message) && !error.message.includes('secret'),
    );
  });
});
