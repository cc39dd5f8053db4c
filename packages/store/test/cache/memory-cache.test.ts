import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { openCache } from '../../src/index.ts';

const unexpected = (error: Error): never => assert.fail(error.message);

describe('the memory cache', () => {
  it('gives back the bytes it was given, and nothing for what it does not know', async () => {
    const cache = openCache({ maxBytes: 1000, onError: unexpected });
    await cache.set('a', Buffer.from([0, 255, 7]), 60);
    assert.deepEqual(await cache.get('a'), Buffer.from([0, 255, 7]));
    assert.equal(await cache.get('b'), undefined);
    assert.equal(cache.kind, 'memory');
    await cache.ping();
    await cache.close();
  });

  it('keeps its own copy of what it was given', async () => {
    const cache = openCache({ maxBytes: 1000, onError: unexpected });
    const value = Buffer.from('before');
    await cache.set('a', value, 60);
    value.write('after!');
    assert.equal(String(await cache.get('a')), 'before');
  });

  it('never holds more bytes than it may, and lets the least recently used go first', async () => {
    const cache = openCache({ maxBytes: 1000, onError: unexpected });
    for (const key of ['a', 'b', 'c', 'd']) await cache.set(key, Buffer.alloc(200), 60);
    await cache.get('a');
    await cache.set('e', Buffer.alloc(200), 60);
    assert.equal(await cache.get('b'), undefined);
    assert.notEqual(await cache.get('a'), undefined);
    const { size, capacity } = cache.stats();
    assert.equal(capacity, 1000);
    assert.ok(size > 800 && size <= 1000, `${size}`);
  });

  it('does not keep an entry that would push most others out', async () => {
    const cache = openCache({ maxBytes: 1000, onError: unexpected });
    await cache.set('small', Buffer.alloc(10), 60);
    await cache.set('large', Buffer.alloc(900), 60);
    assert.equal(await cache.get('large'), undefined);
    assert.notEqual(await cache.get('small'), undefined);
  });

  it('refuses a bound that is no number of bytes', () => {
    assert.throws(() => openCache({ maxBytes: 0, onError: unexpected }), /maxBytes must be a whole number above 0, got 0/);
  });
});
