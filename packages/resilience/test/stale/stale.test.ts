import assert from 'node:assert/strict';
import { test } from 'node:test';
import { resolveStale, type StaleOptions, StalePolicy } from '@penstock/resilience';
import { layerWorld } from '../layer-world.ts';

function staleWorld(options: Partial<StaleOptions> = {}) {
  const at = layerWorld();
  return { ...at, stale: new StalePolicy<string>(resolveStale(options), at) };
}

test('the last answer is found with its age, if the caller accepts one that old', async () => {
  const at = staleWorld();
  at.stale.store('k', 'old', 3);
  at.stale.store('k', 'new', 3);
  await at.clock.advance(5000);
  assert.deepEqual(at.stale.find('k', 5000), { value: 'new', ageMs: 5000 });
  assert.equal(at.stale.find('k', 4999), undefined);
  assert.equal(at.stale.find('other', 5000), undefined);
  assert.deepEqual([at.stale.snapshot().bytes, at.of('stale_served').length], [3, 1]);
});

test('the bytes are bounded: the oldest answers go first, however often they are asked for', () => {
  const at = staleWorld({ maxBytes: 10 });
  at.stale.store('a', 'a', 4);
  at.stale.store('b', 'b', 4);
  at.stale.find('a', 1000);
  at.stale.store('c', 'c', 4);
  assert.deepEqual(
    ['a', 'b', 'c'].map((key) => at.stale.find(key, 1000)?.value),
    [undefined, 'b', 'c'],
  );
  assert.equal(at.stale.snapshot().bytes, 8);
  assert.deepEqual(
    at.of('stale_evicted').map(({ because, bytes }) => [because, bytes]),
    [['bytes', 4]],
  );
});

test('an answer that is too large is not kept, and the one before is forgotten with it', () => {
  const at = staleWorld({ maxEntryBytes: 5 });
  assert.equal(at.stale.store('k', 'small', 5), true);
  assert.equal(at.stale.store('k', 'large', 6), false);
  assert.deepEqual([at.stale.find('k', 1000), at.stale.snapshot().bytes], [undefined, 0]);
  assert.deepEqual(at.of('stale_evicted'), [{ type: 'stale_evicted', name: 'engine', because: 'too_large', bytes: 6 }]);
});

test('the age is bounded, whatever the caller accepts', async () => {
  const at = staleWorld({ maxAgeMs: 1000 });
  at.stale.store('a', 'a', 1);
  await at.clock.advance(1000);
  at.stale.store('other', 'x', 1);
  at.stale.delete('other');
  assert.equal(at.stale.find('a', Number.POSITIVE_INFINITY)?.ageMs, 1000);
  await at.clock.advance(1);
  assert.equal(at.stale.find('a', Number.POSITIVE_INFINITY), undefined);
  at.stale.store('b', 'b', 1);
  assert.deepEqual([at.stale.snapshot().entries, at.of('stale_evicted')[0]?.because], [1, 'age']);
});

test('a reload keeps what fits', () => {
  const at = staleWorld();
  for (const key of ['a', 'b', 'c']) at.stale.store(key, key, 4);
  at.stale.reload({ maxBytes: 8 });
  assert.deepEqual([at.stale.snapshot().entries, at.stale.find('c', 1000)?.value], [2, 'c']);
});

test('in shadow mode it keeps and tells and gives nothing; off it keeps nothing; stopped it is empty', () => {
  const at = staleWorld({ mode: 'shadow' });
  at.stale.store('k', 'x', 1);
  assert.equal(at.stale.find('k', 1000), undefined);
  assert.deepEqual(
    at.of('stale_served').map(({ shadow }) => shadow),
    [true],
  );
  at.stale.reload({ mode: 'off' });
  assert.equal(at.stale.store('other', 'x', 1), false);
  assert.deepEqual([at.stale.find('k', 1000), at.of('stale_served').length], [undefined, 1]);
  at.stale.reload({});
  assert.equal(at.stale.find('k', 1000)?.value, 'x');
  at.stale.stop();
  assert.deepEqual([at.stale.find('k', 1000), at.stale.store('k', 'x', 1), at.stale.snapshot().bytes], [undefined, false, 0]);
});

test('sizes and ages that are none are refused', () => {
  const at = staleWorld();
  assert.throws(() => at.stale.store('k', 'x', -1), /stale.store bytes must be an integer from 0 to \d+, got -1/);
  assert.throws(() => at.stale.find('k', Number.NaN), /stale.find maxStaleMs must be a number, got NaN/);
});
