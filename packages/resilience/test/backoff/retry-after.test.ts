import assert from 'node:assert/strict';
import { test } from 'node:test';
import { scriptedRandom } from '@penstock/clock';
import { parseRetryAfter, spreadRetryAfterSeconds } from '@penstock/resilience';

const NOW = Date.UTC(2030, 0, 1);

test('Retry-After is read as seconds or as an HTTP date', () => {
  assert.equal(parseRetryAfter('120', NOW), 120_000);
  assert.equal(parseRetryAfter(' 0 ', NOW), 0);
  assert.equal(parseRetryAfter('Tue, 01 Jan 2030 00:00:30 GMT', NOW), 30_000);
  assert.equal(parseRetryAfter('Mon, 31 Dec 2029 23:00:00 GMT', NOW), 0);
});

test('anything else is no Retry-After', () => {
  const dates = ['Tue, 99 Jan 2030 00:00:30 GMT', 'Tue, 01 Jan 2030 00:00:30 GMT+2', 'on Tue, 01 Jan 2030 00:00:30 GMT'];
  for (const value of [undefined, '', '-1', '1.5', '1e3', 'soon', '2030-01-01', ...dates]) {
    assert.equal(parseRetryAfter(value, NOW), undefined, String(value));
  }
});

test('what we send is never too early, never 0, and spread', () => {
  assert.equal(spreadRetryAfterSeconds(10_000, scriptedRandom(0)), 10);
  assert.equal(spreadRetryAfterSeconds(10_000, scriptedRandom(0.999)), 12);
  assert.equal(spreadRetryAfterSeconds(0, scriptedRandom(0.5)), 1);
});
