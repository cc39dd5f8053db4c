import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { checkRedisUrl } from '../../src/index.ts';

describe('REDIS_URL', () => {
  for (const url of [undefined, 'redis://host:6379', 'redis://user:secret@host', 'rediss://host:6380/2']) {
    it(`may be ${url}`, () => checkRedisUrl(url));
  }

  for (const url of ['host:6379', 'http://host:6379', 'redis:6379', 'postgres://user:secret@host/db', 'not a url']) {
    it(`may not be ${url}, and the message does not repeat it`, () => {
      assert.throws(
        () => checkRedisUrl(url),
        ({ name, message }: Error) =>
          name === 'ConfigError' && /^REDIS_URL: received .*, accepted: redis:\/\//.test(message) && !message.includes(url),
      );
    });
  }
});
